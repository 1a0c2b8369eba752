"""A static address: dear where nothing uses it, free on a load balancer, the machine's on one."""

from __future__ import annotations

from apex_guardrails.cost.prices import GLOBAL
from apex_guardrails.cost.pricing import Components, Pricing, priced
from apex_guardrails.cost.usage import HOURS_PER_MONTH
from apex_guardrails.gcp.types import COMPUTE_ADDRESS, COMPUTE_GLOBAL_ADDRESS
from apex_guardrails.model import Resource


@priced(COMPUTE_ADDRESS, COMPUTE_GLOBAL_ADDRESS, prices=("ip.static_unused.hour",))
def address(resource: Resource, pricing: Pricing) -> Components:
    """An hour without any use; what uses an address pays for it otherwise.

    Source: Virtual Private Cloud's price page, "External IP address pricing", 2026-11.
    """
    if resource.get("addressType", omitted="EXTERNAL") != "EXTERNAL":
        return
    if resource.get("ipVersion", omitted="IPV4") == "IPV6" or pricing.index.users(resource):
        return
    region = GLOBAL if resource.type.token == COMPUTE_GLOBAL_ADDRESS else pricing.region
    yield pricing.component(
        "static address that nothing uses", "ip.static_unused.hour", HOURS_PER_MONTH, region=region
    )
