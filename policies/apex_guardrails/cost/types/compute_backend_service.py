"""A load balancer's backend: what passes through it."""

from typing import Final

from apex_guardrails.cost.prices import GLOBAL
from apex_guardrails.cost.pricing import Components, Pricing, priced
from apex_guardrails.model import Resource

_GLOBAL_BACKEND: Final = "gcp:compute/backendService:BackendService"


@priced(
    _GLOBAL_BACKEND, "gcp:compute/regionBackendService:RegionBackendService", prices=("lb.gib",)
)
def backend_service(backend: Resource, pricing: Pricing) -> Components:
    """Both ways; what is sent to the internet is counted where it comes from."""
    region = GLOBAL if backend.type.token == _GLOBAL_BACKEND else pricing.region
    gib = pricing.assumed("load_balancer_gib")
    yield pricing.component("data processed", "lb.gib", gib, region=region)
