"""A static address: dear where nothing runs on it, free on a load balancer.

How objects of a cluster name one: Google Kubernetes Engine documentation, "Configure IP addresses",
2026-11.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Final, NamedTuple

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
"""Where a machine has the addresses that are in use while it runs.

Names of other things are there, too, so that a name alone says nothing.
"""

_ALWAYS: Final = {
    COMPUTE_FORWARDING_RULE: ("ipAddress",),
    COMPUTE_GLOBAL_FORWARDING_RULE: ("ipAddress",),
    COMPUTE_ROUTER_NAT: ("natIps", "drainNatIps", "rules"),
    "gcp:compute/routerNatAddress:RouterNatAddress": ("natIps", "drainNatIps"),
}
"""Where other types do, whose addresses are always in use."""

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


class _Uses(NamedTuple):
    """What a stack's resources use: addresses by URN, by name, or as they are."""

    always: set[str]
    machines: Mapping[str, list[Resource]]
    handed_on: set[str]
    """By a chart or an object of another kind, so that it is not known for what."""
    unknown: list[Resource]
    """Of these the source does not know yet what they are made from."""


def _idle_hours(resource: Resource, pricing: Pricing) -> Amounts:
    """The hours without use; where it may be used and that is not known, none to all of them."""
    uses = pricing.index.once(_uses)
    itself = {resource.urn, *_texts(resource, "address")}
    called = {*itself, *_texts(resource, "name")}
    if not uses.always.isdisjoint(called):
        return ZERO
    machines = [machine for key in itself for machine in uses.machines.get(key, ())]
    idle = Amounts.of(HOURS_PER_MONTH)
    if any(it.get("desiredStatus", omitted="RUNNING") == "RUNNING" for it in machines):
        idle -= pricing.assumed("active_hours")
    is_open = not uses.handed_on.isdisjoint(called) or any(
        user not in machines for user in uses.unknown
    )
    return Amounts(ZERO.low, idle.expected, idle.high) if is_open else idle


def _texts(resource: Resource, key: str) -> set[str]:
    """An input as the program gives it, and as it became."""
    values = resource.peek(key), (resource.outputs or {}).get(key)
    return {value for value in values if isinstance(value, str) and value}


def _uses(stack: Stack) -> _Uses:
    uses = _Uses(set(), defaultdict(list), set(), [])
    for user in stack:
        token = user.type.token
        is_of_cluster = token.startswith(_CLUSTER)
        if not (token in _ALWAYS or token in _MACHINES or is_of_cluster):
            continue
        uses.always.update(_used_by(user, _ALWAYS.get(token, ())))
        for used in _used_by(user, _MACHINES.get(token, ())):
            uses.machines[used].append(user)
        if is_of_cluster:
            anywhere = {urn for urns in (user.property_dependencies or {}).values() for urn in urns}
            if token in _OBJECTS:
                naming = [it for it in user.leaves() if any(word in it.path for word in _NAMING)]
                uses.always.update(anywhere, _named_in(naming))
            uses.handed_on.update(anywhere, _named_in(user.leaves()))
        if user.property_dependencies is None:
            uses.unknown.append(user)
    return uses


def _used_by(user: Resource, inputs: tuple[str, ...]) -> set[str]:
    """The URNs that inputs are made from, and their texts."""
    urns = user.property_dependencies or {}
    return {
        used for name in inputs for used in (*urns.get(name, ()), *_named_in(user.leaves(name)))
    }


def _named_in(leaves: Iterable[Leaf]) -> Iterator[str]:
    """The last parts of texts; a text may name several, with commas."""
    return (
        part.strip().rpartition("/")[2]
        for leaf in leaves
        if isinstance(leaf.value, str)
        for part in leaf.value.split(",")
    )
