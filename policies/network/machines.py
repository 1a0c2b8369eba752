"""Machines: their addresses, their networks, and what firewall rules let in to them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from policies.model.google.networks import is_private
from policies.model.google.references import short_name
from policies.model.resource import Resource
from policies.model.value import UNKNOWN
from policies.model.view import View
from policies.network.building import INTERNET, Builder, listed, text, texts
from policies.network.document import Access, NodeKind
from policies.network.rules import (
    NETWORK,
    Rule,
    Rules,
    Signature,
    accounts_of,
    networks_of,
)
from policies.network.vpc import SUBNETWORK, Networks

MACHINES: Final = (
    "gcp:compute/instance:Instance",
    "gcp:compute/instanceFromTemplate:InstanceFromTemplate",
)
GROUPS: Final = (
    "gcp:compute/instanceGroupManager:InstanceGroupManager",
    "gcp:compute/regionInstanceGroupManager:RegionInstanceGroupManager",
)
TEMPLATES: Final = (
    "gcp:compute/instanceTemplate:InstanceTemplate",
    "gcp:compute/regionInstanceTemplate:RegionInstanceTemplate",
)
POLICY_RULES: Final = (
    "gcp:compute/networkFirewallPolicyRule:NetworkFirewallPolicyRule",
    "gcp:compute/regionNetworkFirewallPolicyRule:RegionNetworkFirewallPolicyRule",
    "gcp:compute/firewallPolicyRule:FirewallPolicyRule",
    "gcp:compute/networkFirewallPolicyWithRules:NetworkFirewallPolicyWithRules",
    "gcp:compute/regionNetworkFirewallPolicyWithRules:RegionNetworkFirewallPolicyWithRules",
    "gcp:compute/firewallPolicyWithRules:FirewallPolicyWithRules",
)

IAP: Final = "35.235.240.0/20"
"""Identity-Aware Proxy ("Using IAP for TCP forwarding", 2026-11)."""

HEALTH: Final = ("130.211.0.0/22", "35.191.0.0/16", "209.85.152.0/22", "209.85.204.0/22")
"""Google's health checks and front ends (Cloud Load Balancing, "Firewall rules", 2026-11)."""

ALIKE: Final = 12
"""So many machines that nothing tells apart are one node."""


@dataclass(frozen=True)
class _Machine:
    resource: Resource
    signature: Signature
    has_address: bool | None
    subnetworks: tuple[str, ...]
    is_from_outside: bool


def add_machines(builder: Builder, rules: Rules, networks: Networks) -> None:
    """Virtual machines, and groups of them by their template."""
    alike: defaultdict[object, list[_Machine]] = defaultdict(list)
    for machine in _machines(builder):
        key = (
            machine.resource.type.token,
            machine.signature,
            machine.has_address,
            machine.subnetworks,
        )
        alike[key].append(machine)
    has_policies = any(True for _ in builder.stack.of_type(*POLICY_RULES))
    for machines in alike.values():
        label = f"{machines[0].resource.type.token.partition(':')[2].partition(':')[0]}"
        batches = [machines] if len(machines) > ALIKE else [[item] for item in machines]
        for batch in batches:
            first = batch[0]
            node = builder.group(
                NodeKind.WORKLOAD,
                [item.resource for item in batch],
                f"{label} {first.resource.name}",
            )
            _interfaces(builder, networks, node, first)
            _from_internet(builder, rules, node, first, has_policies=has_policies)
            _from_inside(builder, rules, networks, node, first)
    _between(builder, rules, [machines[0] for machines in alike.values()])


def _machines(builder: Builder) -> Iterator[_Machine]:
    for resource in builder.stack.of_type(*MACHINES):
        yield _machine(builder, resource, resource)
    for group in builder.stack.of_type(*GROUPS):
        paths = ["instanceTemplate"] if group.is_set("instanceTemplate") else []
        paths += [f"{view.path}.instanceTemplate" for view in group.elements("versions")]
        templates = [
            template for path in paths for template in builder.named(group, path, *TEMPLATES)
        ]
        yield _machine(builder, group, templates[0] if templates else None)


def _machine(builder: Builder, resource: Resource, described: Resource | None) -> _Machine:
    """A machine, or a group of machines, as its own inputs or its template describe it."""
    if described is None:
        nothing: frozenset[str] = frozenset()
        return _Machine(resource, Signature(nothing, nothing, nothing, False), None, (), True)  # noqa: FBT003
    tags, unknown_tags = texts(described, "tags")
    accounts: set[str] = set()
    accounts_known = True
    for path in ("serviceAccount", "serviceAccounts"):
        if described.is_set(path):
            found, accounts_known = accounts_of(builder, described, f"{path}.email")
            accounts |= found
    interfaces, has_unknown = listed(described, "networkInterfaces")
    is_partial = described.type.token == MACHINES[1] and not interfaces
    names: set[str] = set()
    subnetworks: dict[str, None] = {}
    for interface in interfaces:
        for subnetwork in builder.named(interface, "subnetwork", SUBNETWORK):
            subnetworks[subnetwork.urn] = None
            names |= networks_of(builder, subnetwork, "network")
        names |= networks_of(builder, interface, "network")
        if not names and short_name(interface.peek("subnetwork")) == "default":
            names.add("default")
    addresses = [_address(interface) for interface in interfaces]
    has_address: bool | None = True if True in addresses else False  # noqa: SIM210 the third comes
    if not has_address and (None in addresses or has_unknown or is_partial):
        has_address = None
    is_known = not (unknown_tags or has_unknown or is_partial or not accounts_known)
    signature = Signature(frozenset(names), frozenset(tags), frozenset(accounts), is_known)
    return _Machine(
        resource,
        signature,
        has_address,
        tuple(subnetworks),
        not any(name in builder.stack.resources for name in names),
    )


def _address(interface: View) -> bool | None:
    """Whether an interface has an external address."""
    found: bool | None = False
    for path in ("accessConfigs", "ipv6AccessConfigs"):
        value = interface.peek(path)
        if value is UNKNOWN:
            found = None
        elif value:
            return True
    return found


def _interfaces(builder: Builder, networks: Networks, node: str, machine: _Machine) -> None:
    resource = machine.resource
    ends = [networks.subnetwork(urn) for urn in machine.subnetworks]
    if not ends:
        ends = [networks.node(name) for name in sorted(machine.signature.networks)]
    for end in ends:
        builder.edge(node, end, Access.PRIVATE, "has an interface in it", [resource])
    if machine.has_address:
        builder.edge(
            node, builder.internet(), Access.PRIVATE, "goes out by its own address", [resource]
        )


def _from_internet(
    builder: Builder, rules: Rules, node: str, machine: _Machine, *, has_policies: bool
) -> None:
    """What the internet may reach of a machine that has, or may have, an address there."""
    if machine.has_address is False:
        return
    internet, resource = builder.internet(), machine.resource
    for rule, ports, is_certain in rules.from_internet(machine.signature):
        is_open = is_certain and machine.has_address is True
        builder.edge(
            internet,
            node,
            Access.OPEN if is_open else Access.UNKNOWN,
            f"external address, and firewall rule {rule.resource.name}"
            + ("" if is_open else ", as far as is known before deployment"),
            [resource, rule.resource],
            ports,
        )
    if machine.is_from_outside or has_policies:
        what = "firewall policies may admit" if has_policies else "other stacks may admit"
        builder.edge(
            internet,
            node,
            Access.UNKNOWN,
            f"external address; rules of {what} the internet"
            if machine.has_address
            else "whether it has an external address is not known",
            [resource],
        )


def _from_inside(
    builder: Builder, rules: Rules, networks: Networks, node: str, machine: _Machine
) -> None:
    """What other addresses than the whole internet may reach of a machine."""
    for rule, is_certain in rules.applying(machine.signature):
        if not rule.is_allow:
            continue
        for given in rule.ranges:
            for source, access in _sources(builder, networks, machine, given, rule):
                builder.edge(
                    source,
                    node,
                    access if is_certain and rule.ports is not None else Access.UNKNOWN,
                    f"firewall rule {rule.resource.name}",
                    [rule.resource],
                    rule.shown_ports,
                )


def _sources(
    builder: Builder, networks: Networks, machine: _Machine, given: str, rule: Rule
) -> Iterator[tuple[str, Access]]:
    """The nodes for the addresses of a rule, and whom they are."""
    if given == IAP:
        yield (
            builder.place(NodeKind.RANGE, "Identity-Aware Proxy", given),
            Access.GUARDED,
        )
    elif given in HEALTH:
        yield (
            builder.place(NodeKind.RANGE, "Google's front ends", "and its health checks"),
            Access.PRIVATE,
        )
    elif rule.from_world and not is_private(given):
        # The whole internet; a machine without an address is reached from its network alone.
        if machine.has_address is False:
            for name in sorted(machine.signature.networks):
                yield networks.node(name), Access.PRIVATE
    elif is_private(given):
        inside = networks.containing(machine.signature.networks, given)
        if inside:
            yield from ((item, Access.PRIVATE) for item in inside)
        else:
            yield builder.place(NodeKind.RANGE, given, "private addresses"), Access.PRIVATE
    elif machine.has_address is not False:
        node = builder.place(NodeKind.RANGE, given, "addresses on the internet")
        is_known = machine.has_address is True
        yield node, Access.GUARDED if is_known else Access.UNKNOWN


def _between(builder: Builder, rules: Rules, machines: list[_Machine]) -> None:
    """What firewall rules let pass from machines with a tag or a service account to others."""
    by_tag: defaultdict[str, list[_Machine]] = defaultdict(list)
    for machine in machines:
        for name in (*machine.signature.tags, *machine.signature.accounts):
            by_tag[name].append(machine)
    for machine in machines:
        for rule, is_certain in rules.applying(machine.signature):
            if not rule.is_allow:
                continue
            for name in sorted((*rule.tags, *rule.source_accounts)):
                for source in by_tag.get(name, ()):
                    ends = builder.has_node(source.resource), builder.has_node(machine.resource)
                    if ends[0] and ends[1] and ends[0] != ends[1]:
                        builder.edge(
                            ends[0],
                            ends[1],
                            Access.PRIVATE if is_certain else Access.UNKNOWN,
                            f"firewall rule {rule.resource.name}",
                            [rule.resource],
                            rule.shown_ports,
                        )


__all__ = ["GROUPS", "INTERNET", "MACHINES", "NETWORK", "TEMPLATES", "add_machines", "text"]
