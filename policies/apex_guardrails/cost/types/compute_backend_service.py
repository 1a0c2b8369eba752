"""A load balancer's backend: what passes through it."""

from apex_guardrails.cost.prices import GLOBAL
from apex_guardrails.cost.pricing import Components, Pricing, priced
from apex_guardrails.gcp.types import COMPUTE_BACKEND_SERVICE, COMPUTE_REGION_BACKEND_SERVICE
from apex_guardrails.model import Resource


@priced(COMPUTE_BACKEND_SERVICE, COMPUTE_REGION_BACKEND_SERVICE, prices=("lb.gib",))
def backend_service(backend: Resource, pricing: Pricing) -> Components:
    """Both ways; what is sent to the internet is counted where it comes from."""
    region = GLOBAL if backend.type.token == COMPUTE_BACKEND_SERVICE else pricing.region
    gib = pricing.assumed("load_balancer_gib")
    yield pricing.component("data processed", "lb.gib", gib, region=region)
