"""Load balancers: from a forwarding rule over proxy, URL map and backends to what answers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Final

from apex_guardrails.gcp.load_balancers import SCHEME
from apex_guardrails.gcp.types import COMPUTE_ADDRESS, COMPUTE_GLOBAL_ADDRESS
from apex_guardrails.model.resource import Resource
from apex_guardrails.model.value import UNKNOWN
from apex_guardrails.network.addresses import FORWARDING
from apex_guardrails.network.building import Builder
from apex_guardrails.network.forwarding import find_ends, redirects
from apex_guardrails.network.references import NOT_KNOWN, read_text, read_texts
from apex_guardrails.network.terms import Access, NodeKind
from apex_guardrails.network.vpc import Networks

ADDRESSES: Final = (COMPUTE_GLOBAL_ADDRESS, COMPUTE_ADDRESS)


def add_load_balancers(builder: Builder, networks: Networks) -> None:
    """A node for each address that forwarding rules share, and edges to what answers behind it."""
    by_address: defaultdict[tuple[str, str], list[Resource]] = defaultdict(list)
    for rule in builder.stack.of_type(*FORWARDING):
        by_address[_address(builder, rule)].append(rule)
    for (_, name), rules in by_address.items():
        label = f"load balancer {name}"
        node = builder.group(NodeKind.ENTRANCE, rules, label, _detail(rules), name=name)
        for rule in rules:
            _forward(builder, networks, node, rule)


def _address(builder: Builder, rule: Resource) -> tuple[str, str]:
    """What is the same for rules with one address, and what to call it."""
    for address in builder.references.named(rule, "ipAddress", *ADDRESSES):
        return address.urn, address.name
    given = read_text(rule, "ipAddress")
    return (given, given) if given else (rule.urn, rule.name)


def _detail(rules: Sequence[Resource]) -> str:
    kind = "global" if rules[0].type.token == FORWARDING[0] else "regional"
    return f"{kind} load balancer"


def _forward(builder: Builder, networks: Networks, node: str, rule: Resource) -> None:
    scheme = SCHEME.peek(rule)
    ports = tuple(_ports(rule))
    leads = False
    found = find_ends(builder.references, rule)
    is_redirect = redirects(builder.references, rule, found)
    what = f"forwarding rule {rule.name}" + (", redirects to HTTPS" if is_redirect else "")
    if scheme is UNKNOWN:
        access = Access.UNKNOWN
        what += f"; whether it is external is {NOT_KNOWN}"
    else:
        access = Access.OPEN if str(scheme).startswith("EXTERNAL") else Access.PRIVATE
    if access is Access.PRIVATE:
        sources = networks.nodes(rule, "network") or networks.of_subnetwork(rule)
        for source in sources:
            builder.edge(source, node, access, what, [rule], ports)
    else:
        builder.edge(builder.internet(), node, access, what, [rule], ports)
    for end in found:
        there = builder.has_node(end.resource)
        if there is None or there == node:
            continue
        through = Access.GUARDED if end.is_guarded and access is Access.OPEN else access
        reason = ", ".join(["load balancer", *end.notes])
        because = [item for item in end.hops if item is not end.resource]
        builder.edge(node, there, through, reason, [rule, *because])
        leads = True
    if not leads and not is_redirect:
        builder.notes["a forwarding rule leads to what this stack does not have"] += 1


def _ports(rule: Resource) -> Iterator[str]:
    protocol = str(rule.peek("ipProtocol") or "TCP").lower()
    given = rule.peek("portRange")
    ports = [given] if given else read_texts(rule, "ports")[0]
    if protocol == "l3_default" or rule.peek("allPorts") is True:
        yield "all"
    elif given is UNKNOWN:
        yield f"ports {NOT_KNOWN}"
    for port in ports:
        first, _, last = str(port).partition("-")
        if port is not UNKNOWN:
            yield f"{protocol} {first if last in ('', first) else port}"
