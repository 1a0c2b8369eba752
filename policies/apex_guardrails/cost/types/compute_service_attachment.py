"""A service that is published through Private Service Connect: what comes in through it.

Source: Virtual Private Cloud's price page, "Private Service Connect", 2026-11.
"""

from apex_guardrails.cost.prices import WORLDWIDE
from apex_guardrails.cost.pricing import Components, Pricing, priced
from apex_guardrails.gcp.types import COMPUTE_SERVICE_ATTACHMENT
from apex_guardrails.model import Resource


@priced(COMPUTE_SERVICE_ATTACHMENT, prices=("psc.producer.gib",), by_use=True)
def attachment(_: Resource, pricing: Pricing) -> Components:
    """The producer of a service pays for its data, as its consumers do."""
    gib = pricing.assumed("psc_gib")
    yield pricing.component("data processed", "psc.producer.gib", gib, region=WORLDWIDE)
