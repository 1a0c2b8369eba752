"""Ways from the internet to databases: by load balancers, by addresses of machines, by Cloud Run.

A managed database's own public address is not among them: the rules about its type tell of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from policies.model.google.networks import ALL_PORTS
from policies.model.google.public_space import WideRanges, coverage
from policies.model.google.run import INGRESS, SERVICES
from policies.model.resource import Resource
from policies.model.stack import Stack
from policies.model.value import UNKNOWN
from policies.network import armor
from policies.network.databases import Reason, reason, sayings
from policies.network.document import Access
from policies.network.endpoints import ENDPOINT_TYPES, FORWARDING
from policies.network.facts import Facts, facts_of
from policies.network.forwarding import End, Ports, ends
from policies.network.grants import Everybody
from policies.network.hosts import GROUPS, MACHINES, Host
from policies.network.references import texts
from policies.network.rules import Ports as Opened
from policies.network.serverless import asked, entry

MACHINE_TYPES: Final = (*MACHINES, *GROUPS)
OPENING_TYPES: Final = (*FORWARDING, *MACHINE_TYPES, *SERVICES)
"""The types at which a way from the internet opens."""

_CAPITALS: Final = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z0-9]+|[A-Z]+")


@dataclass(frozen=True)
class Way:
    """A way from the internet to a database.

    Attributes:
        resource: where it opens.
        path: the input by which it does.
        hops: what it leads over, for people; the database last.
        why: what the database is taken for one by.
        is_open: false where a value that is not known decides.
    """

    resource: Resource
    path: str
    hops: tuple[str, ...]
    why: str
    is_open: bool


def ways_to_databases(stack: Stack) -> Iterator[Way]:
    """All ways of a stack."""
    facts = facts_of(stack)
    for rule in stack.of_type(*FORWARDING):
        yield from _by_load_balancer(facts, rule)
    for host in facts.hosts:
        yield from _by_address(facts, host)
    for service in stack.of_type(*SERVICES):
        yield from _by_service(facts, service)


def shown(resource: Resource) -> str:
    """A resource for people: `target TCP proxy px`, `instance group g`."""
    words = _CAPITALS.findall(resource.type.token.rpartition(":")[2])
    kind = " ".join(word if word.isupper() and len(word) > 1 else word.lower() for word in words)
    return f"{kind} {resource.name}"


# -- load balancers ------------------------------------------------------------------------------


def _by_load_balancer(facts: Facts, rule: Resource) -> Iterator[Way]:
    # Omitted: external (the provider's default).
    scheme = rule.peek("loadBalancingScheme", omitted="EXTERNAL")
    if scheme is not UNKNOWN and not str(scheme).startswith("EXTERNAL"):
        return
    seen: set[object] = set()
    for end in ends(facts.references, rule):
        found, admits = _at_end(facts, rule, end)
        if found is None or admits is False or (end.resource.urn, found) in seen:
            continue
        seen.add((end.resource.urn, found))
        hops = list(dict.fromkeys(map(shown, (rule, *end.hops, end.resource))))
        is_open = found.is_known and admits is True and scheme is not UNKNOWN
        path = "target" if rule.is_set("target") else "backendService"
        yield Way(rule, path, tuple(hops), found.words, is_open)


def _at_end(facts: Facts, rule: Resource, end: End) -> tuple[Reason | None, bool | None]:
    """Why an end is a database, and whether what is before it admits the internet."""
    if end.is_guarded:
        return None, False
    if end.resource.type.token in SERVICES:
        said = next(sayings([end.resource]), None)
        return (Reason(said.words) if said else None), _is_called(facts, end.resource)
    known = facts.by_urn.get(end.resource.urn, ())
    described = known[0].described if known else (end.resource, *reversed(end.hops))
    found = reason(end.ports, list(sayings(described)), is_http=end.is_http)
    if found is None:
        return None, False
    if end.is_passed_on:
        return found, _is_passed_on(facts, rule, end, known)
    admits = armor.admits_world(facts.references, end.backend)
    is_answered = not end.is_elsewhere or end.resource.type.token in _ENDPOINTS
    return found, admits if is_answered else admits and None


def _is_passed_on(facts: Facts, rule: Resource, end: End, hosts: Sequence[Host]) -> bool | None:
    """Whether firewalls let in what a load balancer passes on with the sender's address."""
    ranges, is_unknown = texts(rule, "sourceIpRanges")
    if ranges and not is_unknown and not coverage(ranges).is_wide(WideRanges()):
        return False
    says = [_admitted(facts, host, end.ports) for host in hosts]
    if True in says:
        return True
    return None if None in says or not hosts else False


def _admitted(facts: Facts, host: Host, ports: Ports) -> bool | None:
    """Whether firewalls admit the internet to some of a machine's ports."""
    found: bool | None = False
    for _, opened, is_certain in facts.rules.from_internet(host.signature):
        if opened is None or ports is None or not is_certain:
            found = None
        elif any(_overlap(part, port) for part in _streams(opened) for port in ports):
            return True
    return None if found is False and _may_be_admitted(facts, host) else found


def _overlap(one: range, other: range) -> bool:
    return one.start < other.stop and other.start < one.stop


def _is_called(facts: Facts, service: Resource) -> bool | None:
    """Whether anybody may call a service through a load balancer."""
    path = service.peek(INGRESS[service.type.token])
    if path in ("INGRESS_TRAFFIC_INTERNAL_ONLY", "internal"):
        return False
    access, _ = asked(service, facts.everybody.get(service.urn, Everybody()))
    return _ANSWERS.get(access)


_ANSWERS: Final = {Access.OPEN: True, Access.GUARDED: False}
_ENDPOINTS: Final = frozenset(ENDPOINT_TYPES)
"""What an endpoint names is elsewhere nearly always: the way to it is what the stack has."""


# -- addresses of machines -----------------------------------------------------------------------


def _by_address(facts: Facts, host: Host) -> Iterator[Way]:
    if host.has_address is False:
        return
    admitted = list(facts.rules.from_internet(host.signature))
    if not admitted and host.is_whole and not _may_be_admitted(facts, host):
        return
    said = list(sayings(host.described))
    is_seen = False
    for rule, opened, is_certain in admitted:
        ports = None if opened is None else tuple(_streams(opened))
        found = reason(ports, said)
        if found is None:
            continue
        is_seen = True
        is_open = is_certain and host.has_address is True and found.is_known
        yield _way(host, found.words, shown(rule.resource), is_open=is_open)
        if is_open:
            return
    told = next((item for item in said if item.is_all), None)
    if told is None or is_seen:
        return
    if not host.is_whole and host.has_address is None and not host.signature.networks:
        why = f"{told.words}; what it is made from is not in this stack"
        yield _way(host, why, is_open=False)
    elif _may_be_admitted(facts, host):
        yield _way(
            host, f"{told.words}; rules of its network are not all in this stack", is_open=False
        )


def _way(host: Host, why: str, rule: str = "", *, is_open: bool) -> Way:
    made_from = [shown(item) for item in host.described[1:]]
    by = host.address
    if by is not None and by.resource not in host.described:
        made_from.append(shown(by.resource))
    firewall = [rule] if rule else []
    hops = (*firewall, *made_from, shown(host.resource))
    return Way(host.resource, host.address_path, hops, why, is_open)


def _may_be_admitted(facts: Facts, host: Host) -> bool:
    """Whether rules that this stack does not have may let the internet in."""
    is_ours = any(name in facts.stack.resources for name in host.signature.networks)
    return not is_ours or facts.rules.has_unread


def _streams(opened: Iterable[Opened]) -> Iterator[range]:
    """The ports of TCP, and of UDP, which some databases speak."""
    for protocol, ranges in opened:
        if protocol == "all":
            yield ALL_PORTS
        elif protocol in ("tcp", "udp"):
            yield from ranges


# -- Cloud Run -----------------------------------------------------------------------------------


def _by_service(facts: Facts, service: Resource) -> Iterator[Way]:
    said = next(sayings([service]), None)
    if said is None:
        return
    access, why = entry(service, facts.everybody.get(service.urn, Everybody()))
    if access in (Access.OPEN, Access.UNKNOWN):
        path = INGRESS[service.type.token]
        is_open = access is Access.OPEN
        yield Way(service, path, (shown(service),), f"{said.words}; {why}", is_open)
