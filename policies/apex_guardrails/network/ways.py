"""Ways from the internet to databases: by load balancers, by addresses of machines, by Cloud Run.

A managed database's own public address is not among them: the rules about its type tell of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from apex_guardrails.gcp.load_balancers import SCHEME
from apex_guardrails.gcp.networks import ALL_PORTS
from apex_guardrails.gcp.public_space import WideRanges, measure
from apex_guardrails.gcp.run import INGRESS, INTERNAL, SERVICES
from apex_guardrails.gcp.types import (
    COMPUTE_FIREWALL,
    COMPUTE_FORWARDING_RULE,
    COMPUTE_INSTANCE_GROUP,
    COMPUTE_INSTANCE_GROUP_MEMBERSHIP,
    COMPUTE_INSTANCE_GROUP_NAMED_PORT,
    COMPUTE_MACHINE_IMAGE,
    COMPUTE_SERVICE_ATTACHMENT,
    COMPUTE_TARGET_INSTANCE,
    COMPUTE_TARGET_POOL,
)
from apex_guardrails.model.resource import Resource
from apex_guardrails.model.stack import Stack
from apex_guardrails.model.value import UNKNOWN
from apex_guardrails.network import armor
from apex_guardrails.network.addresses import FORWARDING
from apex_guardrails.network.databases import Reason, find_reason, find_sayings, intersect
from apex_guardrails.network.endpoints import ENDPOINT_TYPES
from apex_guardrails.network.facts import Facts, facts_of
from apex_guardrails.network.firewall_policies import POLICY_TYPES
from apex_guardrails.network.forwarding import (
    BACKENDS,
    HEALTH_CHECKS,
    PROXIES,
    URL_MAPS,
    End,
    Ports,
    find_ends,
)
from apex_guardrails.network.grants import Everybody
from apex_guardrails.network.hosts import GROUPS, MACHINES, PER_INSTANCE, TEMPLATES, Host, Signature
from apex_guardrails.network.protocols import Ports as Opened
from apex_guardrails.network.references import read_texts
from apex_guardrails.network.rules import Let, Place, first_unknown
from apex_guardrails.network.serverless import asked, entry
from apex_guardrails.network.terms import Access

MACHINE_TYPES: Final = (*MACHINES, *GROUPS)
OPENING_TYPES: Final = (*FORWARDING, *MACHINE_TYPES, *SERVICES)
"""The types at which a way from the internet opens."""

LEADING_TYPES: Final = (
    *PROXIES,
    *URL_MAPS,
    *BACKENDS,
    *HEALTH_CHECKS,
    *ENDPOINT_TYPES,
    *(
        COMPUTE_TARGET_POOL,
        COMPUTE_TARGET_INSTANCE,
        COMPUTE_INSTANCE_GROUP,
        COMPUTE_INSTANCE_GROUP_MEMBERSHIP,
        COMPUTE_INSTANCE_GROUP_NAMED_PORT,
        COMPUTE_SERVICE_ATTACHMENT,
    ),
    *TEMPLATES,
    COMPUTE_MACHINE_IMAGE,
    *PER_INSTANCE,
    COMPUTE_FIREWALL,
    *POLICY_TYPES,
)
"""The types that a way leads over, or that let it in."""

_CAPITALS: Final = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z0-9]+|[A-Z]+")


@dataclass(frozen=True)
class _Found:
    """Something that is, or may be, a database.

    Attributes:
        reason: why it is taken for one.
        over: what lets the internet in to it.
        is_open: whether that is certain.
        unknown: what is not known of what lets it in, where that is known.
    """

    reason: Reason
    over: tuple[Resource, ...] = ()
    is_open: bool = False
    unknown: Place | None = None


@dataclass(frozen=True)
class Way:
    """A way from the internet to a database.

    Attributes:
        resource: where it opens.
        path: the input by which it does.
        hops: what it leads over, for people; the database last.
        why: what the database is taken for one by.
        is_open: false where a value that is not known decides.
        unknown: that value, where it is not the input by which the way opens.
    """

    resource: Resource
    path: str
    hops: tuple[str, ...]
    why: str
    is_open: bool
    unknown: Place | None = None

    @property
    def waits_for(self) -> Place:
        """The input that decides, of a way of which it is not certain that it is open."""
        own = self.resource, self.path
        return self.unknown if self.unknown is not None and self.unknown[1] else own


def ways_to_databases(stack: Stack) -> Iterator[Way]:
    """All ways of a stack."""
    facts = facts_of(stack)
    for rule in stack.of_type(*FORWARDING):
        yield from _by_load_balancer(facts, rule)
    for host in facts.hosts:
        yield from _by_address(facts, host)
    for service in stack.of_type(*SERVICES):
        yield from _by_service(facts, service)


def describe(resource: Resource) -> str:
    """A resource for people: `target TCP proxy px`, `instance group g`."""
    words = _CAPITALS.findall(resource.type.token.rpartition(":")[2])
    kind = " ".join(word if word.isupper() and len(word) > 1 else word.lower() for word in words)
    return f"{kind} {resource.name}"


# -- load balancers ------------------------------------------------------------------------------


def _by_load_balancer(facts: Facts, rule: Resource) -> Iterator[Way]:
    scheme = SCHEME.peek(rule)
    if scheme is not UNKNOWN and not str(scheme).startswith("EXTERNAL"):
        return
    path = "target" if rule.is_set("target") else "backendService"
    for end in find_ends(facts.references, rule):
        # One reason is enough for one end.
        for found in list(_at_end(facts, rule, end))[:1]:
            hops = dict.fromkeys(map(describe, (rule, *end.hops, *found.over, end.resource)))
            is_open = found.is_open and found.reason.is_known and scheme is not UNKNOWN
            unknown = (rule, "loadBalancingScheme") if scheme is UNKNOWN else found.unknown
            yield Way(rule, path, tuple(hops), found.reason.words, is_open, unknown)


def _at_end(facts: Facts, rule: Resource, end: End) -> Iterator[_Found]:
    """Why an end is a database, and whether what is before it lets the internet in."""
    if end.is_guarded:
        return
    hosts = facts.by_urn.get(end.resource.urn, ())
    if end.resource.type.token in SERVICES:
        said = next(find_sayings([end.resource]), None)
        admits = _is_called(facts, end.resource) if said else False
        if said and admits is not False:
            yield _Found(Reason(said.words), is_open=admits is True)
    elif end.is_passed_on:
        yield from _passed_on(facts, rule, end, hosts)
    else:
        admits = armor.admits_world(facts.references, end.backend)
        is_here = not end.is_elsewhere or end.resource.type.token in ENDPOINT_TYPES
        described = [host.described for host in hosts] or [(end.resource, *reversed(end.hops))]
        for resources in described if admits is not False else ():
            found = find_reason(end.ports, list(find_sayings(resources)), is_http=end.is_http)
            if found:
                yield _Found(found, is_open=admits is True and is_here)


def _passed_on(facts: Facts, rule: Resource, end: End, hosts: Sequence[Host]) -> Iterator[_Found]:
    """The same of what arrives with the sender's address, so that firewalls decide."""
    ranges, is_unknown = (
        read_texts(rule, "sourceIpRanges")
        if rule.type.token == COMPUTE_FORWARDING_RULE
        else ([], False)
    )
    if ranges and not is_unknown and not measure(ranges).is_wide(WideRanges()):
        return
    for host in hosts:
        found = list(_let_in(facts, host, end.ports))
        yield from sorted(found, key=_is_not_open)
        if not found and _may_be_admitted(facts, host):
            perhaps = find_reason(end.ports, list(find_sayings(host.described)))
            if perhaps:
                yield _Found(perhaps)
    if not hosts:
        perhaps = find_reason(end.ports, list(find_sayings((end.resource, *reversed(end.hops)))))
        if perhaps:
            yield _Found(perhaps)


def _let_in(facts: Facts, host: Host, front: Ports = (ALL_PORTS,)) -> Iterator[_Found]:
    """What firewall rules let in to a machine's database, of what comes to some ports."""
    through = _let_through(facts, host.signature, front)
    said = list(find_sayings(host.described)) if through else []
    reasons: dict[Ports, Reason | None] = {}  # many rules let in the same
    for let, ports in through:
        if ports not in reasons:
            reasons[ports] = find_reason(ports, said)
        found = reasons[ports]
        if found:
            is_open = let.is_certain and found.is_known
            yield _Found(found, (let.rule.resource,), is_open, let.unknown)


def _let_through(facts: Facts, machine: Signature, front: Ports) -> Sequence[tuple[Let, Ports]]:
    """What firewall rules let in of what comes to some ports."""
    key = machine, front
    if key not in facts.let_through:
        facts.let_through[key] = [
            (let, ports)
            for let in facts.rules.from_internet(machine)
            if (ports := _ports_of(let, front)) != ()
        ]
    return facts.let_through[key]


def _ports_of(let: Let, front: Ports) -> Ports:
    if let.ports is None:
        # Perhaps all that comes; to an address of its own that is anything.
        return None if front is None or ALL_PORTS in front else front
    return None if front is None else tuple(_common(_streams(let.ports), front))


def _is_not_open(found: _Found) -> bool:
    return not found.is_open


def _common(some: Iterable[range], others: Sequence[range]) -> Iterator[range]:
    for one in some:
        for other in others:
            if both := intersect(one, other):
                yield both


def _is_called(facts: Facts, service: Resource) -> bool | None:
    """Whether anybody may call a service through a load balancer."""
    token = service.type.token
    if INGRESS[token].peek(service) == INTERNAL[token]:
        return False
    access, _ = asked(service, facts.everybody.get(service.urn, Everybody()))
    return _ANSWERS.get(access)


_ANSWERS: Final = {Access.OPEN: True, Access.GUARDED: False}


# -- addresses of machines -----------------------------------------------------------------------


def _by_address(facts: Facts, host: Host) -> Iterator[Way]:
    if host.has_address is False:
        return
    found = sorted(_let_in(facts, host), key=_is_not_open)
    for item in found[:1]:
        is_open = item.is_open and host.has_address is True
        unknown = None if item.is_open else item.unknown
        if not item.is_open and not (unknown and unknown[1]):
            unknown = _unknown_of(host)
        yield _way(host, item.reason.words, *item.over, is_open=is_open, unknown=unknown)
    if found or (host.is_whole and not _may_be_admitted(facts, host)):
        return
    told = next((item for item in find_sayings(host.described) if item.is_all), None)
    if told is None:
        return
    if not host.is_whole and host.has_address is None and not host.signature.networks:
        why_not = "what it is made from is not in this stack"
    elif _may_be_admitted(facts, host):
        why_not = "rules of its network are not all in this stack"
    else:
        return
    yield _way(host, f"{told.words}; {why_not}", is_open=False)


def _unknown_of(host: Host) -> Place | None:
    """What is not known of what firewall rules know a machine by."""
    for resource in host.described:
        path = first_unknown(resource, "tags", "serviceAccount")
        if path:
            return resource, path
    return None


def _way(host: Host, why: str, *over: Resource, is_open: bool, unknown: Place | None = None) -> Way:
    by = host.address
    kept = [by.resource] if by is not None and by.resource not in host.described else []
    hops = (*over, *host.described[1:], *kept, host.resource)
    return Way(host.resource, host.address_path, tuple(map(describe, hops)), why, is_open, unknown)


def _may_be_admitted(facts: Facts, host: Host) -> bool:
    """Whether rules that this stack does not have may let the internet in."""
    is_ours = any(name in facts.stack.resources for name in host.signature.networks)
    return not is_ours or facts.rules.has_unread


def _streams(opened: Iterable[Opened]) -> Iterator[range]:
    """The ports of TCP; of UDP that of Memcached, which alone speaks it."""
    for protocol, ranges in opened:
        if protocol == "all":
            yield ALL_PORTS
        elif protocol == "tcp":
            yield from ranges
        elif protocol == "udp" and any(_MEMCACHED in part for part in ranges):
            yield range(_MEMCACHED, _MEMCACHED + 1)


_MEMCACHED: Final = 11211


# -- Cloud Run -----------------------------------------------------------------------------------


def _by_service(facts: Facts, service: Resource) -> Iterator[Way]:
    said = next(find_sayings([service]), None)
    if said is None:
        return
    access, why = entry(service, facts.everybody.get(service.urn, Everybody()))
    if access in (Access.OPEN, Access.UNKNOWN):
        path = INGRESS[service.type.token].path
        is_open = access is Access.OPEN
        yield Way(service, path, (describe(service),), f"{said.words}; {why}", is_open)
