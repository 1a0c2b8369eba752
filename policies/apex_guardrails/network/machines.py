"""Machines: their addresses, their networks, and what firewall rules let in to them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Final

from apex_guardrails.gcp.google_addresses import HEALTH_CHECKS, IAP_PROXY
from apex_guardrails.gcp.public_space import is_private
from apex_guardrails.network.building import Builder
from apex_guardrails.network.hosts import Host
from apex_guardrails.network.protocols import format_ports
from apex_guardrails.network.rules import Rules, TrafficRule
from apex_guardrails.network.terms import Access, NodeKind
from apex_guardrails.network.vpc import Networks

ALIKE: Final = 12
"""So many machines that nothing tells apart are one node."""


def add_machines(
    builder: Builder, machines: Sequence[Host], rules: Rules, networks: Networks
) -> None:
    """Virtual machines, and groups of them by their template."""
    alike: defaultdict[object, list[Host]] = defaultdict(list)
    drawn: set[str] = set()
    for machine in machines:
        if machine.resource.urn in drawn:
            continue  # a group with several templates
        drawn.add(machine.resource.urn)
        key = (
            machine.resource.type.token,
            machine.signature,
            machine.has_address,
            machine.subnetworks,
        )
        alike[key].append(machine)
    has_policies = rules.has_unread
    for alikes in alike.values():
        label = f"{alikes[0].resource.type.token.partition(':')[2].partition(':')[0]}"
        batches = [alikes] if len(alikes) > ALIKE else [[item] for item in alikes]
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
    _between(builder, rules, [alikes[0] for alikes in alike.values()])


def _interfaces(builder: Builder, networks: Networks, node: str, machine: Host) -> None:
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
    builder: Builder, rules: Rules, node: str, machine: Host, *, has_policies: bool
) -> None:
    """What the internet may reach of a machine that has, or may have, an address there."""
    if machine.has_address is False:
        return
    internet, resource = builder.internet(), machine.resource
    for let in rules.from_internet(machine.signature):
        rule, is_open = let.rule, let.is_certain and machine.has_address is True
        builder.edge(
            internet,
            node,
            Access.OPEN if is_open else Access.UNKNOWN,
            f"external address, and firewall rule {rule.resource.name}"
            + ("" if is_open else ", as far as is known before deployment"),
            [resource, rule.resource],
            format_ports(let.ports or ()),
        )
    is_from_outside = not any(
        name in builder.stack.resources for name in machine.signature.networks
    )
    if is_from_outside or has_policies:
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
    builder: Builder, rules: Rules, networks: Networks, node: str, machine: Host
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
                    access if is_certain and not rule.opened.gaps else Access.UNKNOWN,
                    f"firewall rule {rule.resource.name}",
                    [rule.resource],
                    rule.shown_ports,
                )


def _sources(
    builder: Builder, networks: Networks, machine: Host, given: str, rule: TrafficRule
) -> Iterator[tuple[str, Access]]:
    """The nodes for the addresses of a rule, and whom they are."""
    if given in IAP_PROXY:
        yield (
            builder.place(NodeKind.RANGE, "Identity-Aware Proxy", given),
            Access.GUARDED,
        )
    elif given in HEALTH_CHECKS:
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


def _between(builder: Builder, rules: Rules, machines: list[Host]) -> None:
    """What firewall rules let pass from machines with a tag or a service account to others."""
    by_tag: defaultdict[str, list[Host]] = defaultdict(list)
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
