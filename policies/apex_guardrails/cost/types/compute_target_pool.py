"""The target of a passthrough load balancer, or of a rule for one machine: what it is sent.

Source: Cloud Load Balancing's price page, "Data processed", 2026-11.
"""

from apex_guardrails.cost.pricing import Components, Pricing, priced
from apex_guardrails.gcp.types import COMPUTE_TARGET_INSTANCE, COMPUTE_TARGET_POOL
from apex_guardrails.model import Resource


@priced(COMPUTE_TARGET_POOL, COMPUTE_TARGET_INSTANCE, prices=("lb.gib",), by_use=True)
def target(_: Resource, pricing: Pricing) -> Components:
    """As through a backend service."""
    yield pricing.component("data processed", "lb.gib", pricing.assumed("load_balancer_gib"))
