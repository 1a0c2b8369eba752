"""A static address: dear where nothing runs on it, free on a load balancer.

How objects of a cluster name one: Google Kubernetes Engine documentation, "Configure IP addresses",
2026-11.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from apex_guardrails.cost.amounts import ZERO, Amounts
from apex_guardrails.cost.prices import GLOBAL
from apex_guardrails.cost.pricing import Components, Pricing, priced
from apex_guardrails.cost.usage import HOURS_PER_MONTH
from apex_guardrails.gcp.cluster_objects import INGRESSES, SERVICES, objects
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
from apex_guardrails.model import Resource, Stack
from apex_guardrails.model.value import Leaf

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

_WITH_OTHERS: Final = ("networkInterfaces", "preservedState")
"""Inputs with names of other things, so that there only the address itself counts."""

_CLUSTER: Final = "kubernetes:"
_OBJECTS: Final = (
    *SERVICES,
    *INGRESSES,
    *objects("Gateway", "gateway.networking.k8s.io/v1", "gateway.networking.k8s.io/v1beta1"),
)
"""What of a cluster has an address, and makes a load balancer for it, which is always in use."""

_NAMING: Final = ("annotations", "loadBalancerIP", "addresses")
"""Where those name one."""


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
    """The hours without use; where it may be used and that is not known, none to all of them."""
    idle = Amounts.of(HOURS_PER_MONTH)
    runs = is_open = False
    for user in pricing.index.once(_possible_users):
        token = user.type.token
        if _is_attached(resource, user, _ALWAYS.get(token, ())) or _is_object(resource, user):
            return ZERO
        if _is_attached(resource, user, _MACHINES.get(token, ())):
            runs = runs or user.get("desiredStatus", omitted="RUNNING") == "RUNNING"
        elif user.property_dependencies is None:
            is_open = True
        elif token.startswith(_CLUSTER):
            # A chart or an object of another kind may hand it on.
            is_open = is_open or _refers(resource, user) or _is_named(resource, user.leaves())
    if runs:
        idle -= pricing.assumed("active_hours")
    return Amounts(ZERO.low, idle.expected, idle.high) if is_open else idle


def _possible_users(stack: Stack) -> list[Resource]:
    return [
        resource
        for resource in stack
        if resource.type.token in _ALWAYS
        or resource.type.token in _MACHINES
        or resource.type.token.startswith(_CLUSTER)
    ]


def _is_attached(resource: Resource, user: Resource, inputs: tuple[str, ...]) -> bool:
    """Whether inputs are made from the address, or have it as a text."""
    urns = user.property_dependencies or {}
    return any(
        resource.urn in urns.get(name, ())
        or _is_named(resource, user.leaves(name), by_name=name not in _WITH_OTHERS)
        for name in inputs
    )


def _is_object(resource: Resource, user: Resource) -> bool:
    if user.type.token not in _OBJECTS:
        return False
    naming = (leaf for leaf in user.leaves() if any(word in leaf.path for word in _NAMING))
    return _refers(resource, user) or _is_named(resource, naming)


def _refers(resource: Resource, user: Resource) -> bool:
    return any(resource.urn in urns for urns in (user.property_dependencies or {}).values())


def _is_named(resource: Resource, leaves: Iterator[Leaf], *, by_name: bool = True) -> bool:
    """Whether a text is the address or, if that is asked for, its name; also among others."""
    names = {
        value
        for key in ("address", *(("name",) if by_name else ()))
        for value in (resource.peek(key), (resource.outputs or {}).get(key))
        if isinstance(value, str) and value
    }
    return any(
        part.strip().rpartition("/")[2] in names
        for leaf in leaves
        if isinstance(leaf.value, str)
        for part in leaf.value.split(",")
    )
