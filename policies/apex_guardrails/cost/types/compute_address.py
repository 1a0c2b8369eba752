"""A static address: dear where nothing runs on it, free on a load balancer."""

from __future__ import annotations

from typing import Final

from apex_guardrails.cost.amounts import ZERO, Amounts
from apex_guardrails.cost.prices import GLOBAL
from apex_guardrails.cost.pricing import Components, Pricing, priced
from apex_guardrails.cost.usage import HOURS_PER_MONTH
from apex_guardrails.gcp.types import (
    COMPUTE_ADDRESS,
    COMPUTE_FORWARDING_RULE,
    COMPUTE_GLOBAL_ADDRESS,
    COMPUTE_GLOBAL_FORWARDING_RULE,
    COMPUTE_INSTANCE,
    COMPUTE_INSTANCE_FROM_MACHINE_IMAGE,
    COMPUTE_INSTANCE_FROM_TEMPLATE,
    COMPUTE_PER_INSTANCE_CONFIG,
    COMPUTE_REGION_PER_INSTANCE_CONFIG,
    COMPUTE_ROUTER_NAT,
)
from apex_guardrails.model import Resource

_MACHINES: Final = {
    COMPUTE_INSTANCE: ("networkInterfaces",),
    COMPUTE_INSTANCE_FROM_MACHINE_IMAGE: ("networkInterfaces",),
    COMPUTE_INSTANCE_FROM_TEMPLATE: ("networkInterfaces",),
    COMPUTE_PER_INSTANCE_CONFIG: ("preservedState",),
    COMPUTE_REGION_PER_INSTANCE_CONFIG: ("preservedState",),
}
"""Where a machine names the addresses that it has, which are in use while it runs."""

_ALWAYS: Final = {
    COMPUTE_FORWARDING_RULE: ("ipAddress",),
    COMPUTE_GLOBAL_FORWARDING_RULE: ("ipAddress",),
    COMPUTE_ROUTER_NAT: ("natIps", "drainNatIps", "rules"),
    "gcp:compute/routerNatAddress:RouterNatAddress": ("natIps", "drainNatIps"),
}
"""Where other types do, whose addresses are always in use."""


@priced(COMPUTE_ADDRESS, COMPUTE_GLOBAL_ADDRESS, prices=("ip.static_unused.hour",))
def address(resource: Resource, pricing: Pricing) -> Components:
    """The hours in which it is attached to nothing that runs, whatever else refers to it.

    Source: Virtual Private Cloud's price page, "External IP address pricing", 2026-11.
    """
    if resource.get("addressType", omitted="EXTERNAL") != "EXTERNAL":
        return
    if resource.get("ipVersion", omitted="IPV4") == "IPV6":
        return
    idle = _idle_hours(resource, pricing)
    if idle.is_zero:
        return
    region = GLOBAL if resource.type.token == COMPUTE_GLOBAL_ADDRESS else pricing.region
    yield pricing.component(
        "static address that nothing uses", "ip.static_unused.hour", idle, region=region
    )


def _idle_hours(resource: Resource, pricing: Pricing) -> Amounts:
    all_month = Amounts.of(HOURS_PER_MONTH)
    runs = False
    for user in pricing.index.users(resource):
        token = user.type.token
        if _is_attached(resource, user, _ALWAYS.get(token, ())):
            return ZERO
        if _is_attached(resource, user, _MACHINES.get(token, ())):
            runs = runs or user.get("desiredStatus", omitted="RUNNING") == "RUNNING"
    return all_month - pricing.assumed("active_hours") if runs else all_month


def _is_attached(resource: Resource, user: Resource, inputs: tuple[str, ...]) -> bool:
    urns = user.property_dependencies or {}
    return any(resource.urn in urns.get(name, ()) for name in inputs)
