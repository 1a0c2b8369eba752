"""VPC firewall rules: which apply to a machine, and whom they let in from where.

Source: VPC documentation, "VPC firewall rules" (2026-11): the lowest priority number counts first,
of two with the same one the denial; without rules nothing comes in and everything goes out.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final, TypeAlias

from policies.model.google.firewalls import FIREWALL, WITH_PORTS, protocol
from policies.model.google.networks import ALL_PORTS, port_ranges
from policies.model.google.public_space import WideRanges, coverage
from policies.model.resource import Resource
from policies.model.value import UNKNOWN
from policies.model.view import UndecidedError, View
from policies.network.hosts import Signature
from policies.network.references import References, flag, texts

DEFAULT_PRIORITY: Final = 1000
"""Of a rule that says none (Compute Engine API, firewalls, 2026-11)."""

_UNKNOWN_PRIORITY: Final = float("-inf")
"""Before all others: then it casts doubt on each of them."""

Ports: TypeAlias = tuple[str, tuple[range, ...]]
"""A protocol, "all" for every one, and its ports; none for protocols without."""


@dataclass(frozen=True)
class Rule:
    """A firewall rule; `None` where something is not known before deployment."""

    resource: Resource
    networks: frozenset[str]
    is_ingress: bool | None
    is_allow: bool
    is_disabled: bool | None
    priority: float
    ports: tuple[Ports, ...] | None
    ranges: tuple[str, ...]
    from_world: bool | None
    tags: frozenset[str]
    source_accounts: frozenset[str]
    has_unknown_sources: bool
    target_tags: frozenset[str]
    target_accounts: frozenset[str]
    has_unknown_targets: bool

    @cached_property
    def shown_ports(self) -> tuple[str, ...]:
        """Its ports for people; none where they are not known."""
        return shown(self.ports or ())

    def applies(self, machine: Signature) -> bool | None:
        """Whether a rule is for a machine."""
        if self.is_disabled is True:
            return False
        if self.networks and machine.networks and not self.networks & machine.networks:
            return False
        # An empty set is a network that nothing is known of.
        is_sure = bool(self.networks and machine.networks) and self.is_disabled is False
        if self.target_tags or self.target_accounts or self.has_unknown_targets:
            if self.target_tags & machine.tags or self.target_accounts & machine.accounts:
                return True if is_sure else None
            return None if self.has_unknown_targets or not machine.is_known else False
        return True if is_sure else None


@dataclass
class Rules:
    """All firewall rules of the stack, by network and in the order in which they count.

    Attributes:
        has_unread: whether policies of an organization or folder may admit anybody, too.
    """

    all: list[Rule] = field(default_factory=list)
    has_unread: bool = False
    by_network: dict[str, list[Rule]] = field(default_factory=lambda: defaultdict(list))
    anywhere: list[Rule] = field(default_factory=list)
    _applying: dict[Signature, list[tuple[Rule, bool]]] = field(default_factory=dict)

    def add(self, rule: Rule) -> None:
        """Takes a rule in."""
        self.all.append(rule)
        self.add_unlisted(rule)

    def add_unlisted(self, rule: Rule) -> None:
        """Takes in a rule of a policy, which the table of the network's own rules leaves out."""
        for network in rule.networks:
            self.by_network[network].append(rule)
        if not rule.networks:
            self.anywhere.append(rule)

    def applying(self, machine: Signature) -> list[tuple[Rule, bool]]:
        """The rules for what comes in to a machine, and whether that is certain."""
        if machine not in self._applying:
            rules = list(self.anywhere)
            for network in machine.networks or self.by_network:
                rules += self.by_network.get(network, ())
            rules = list({id(rule): rule for rule in rules}.values())
            found = [
                (
                    rule,
                    applies is True
                    and rule.is_ingress is True
                    and rule.priority > _UNKNOWN_PRIORITY,
                )
                for rule in sorted(rules, key=_order)
                if rule.is_ingress is not False and (applies := rule.applies(machine)) is not False
            ]
            self._applying[machine] = found
        return self._applying[machine]

    def from_internet(self, machine: Signature) -> Iterator[tuple[Rule, list[Ports] | None, bool]]:
        """The rules that let the internet in, to which ports, and whether that is certain.

        The ports are `None` where they are not known.
        """
        denied: list[Ports] = []
        doubt = False
        for rule, is_certain in self.applying(machine):
            if rule.is_allow:
                if rule.from_world is False and not rule.has_unknown_sources:
                    continue
                if rule.ports is None:
                    yield rule, None, False
                    continue
                left = list(_without(rule.ports, denied))
                if left:
                    yield rule, left, is_certain and rule.from_world is True and not doubt
            elif rule.from_world is True and rule.ports is not None and is_certain:
                denied += rule.ports
            elif rule.from_world is not False or rule.has_unknown_sources:
                doubt = True


def _order(rule: Rule) -> tuple[float, bool, str]:
    return rule.priority, rule.is_allow, rule.resource.urn


def read_rules(references: References) -> Rules:
    """The firewall rules of the stack."""
    rules = Rules()
    for resource in references.stack.of_type(FIREWALL):
        rules.add(_read(resource, references))
    return rules


def _read(resource: Resource, references: References) -> Rule:
    direction = resource.peek("direction", omitted="INGRESS")
    is_allow = not _has(resource, "denies")
    peers = "destinationRanges" if direction == "EGRESS" else "sourceRanges"
    ranges, unknown_ranges = texts(resource, peers)
    tags, unknown_tags = texts(resource, "sourceTags")
    targets, unknown_targets = texts(resource, "targetTags")
    accounts, accounts_known = references.accounts(resource, "sourceServiceAccounts")
    for_accounts, for_accounts_known = references.accounts(resource, "targetServiceAccounts")
    names_source = bool(ranges or tags or accounts) or unknown_ranges or unknown_tags
    names_source = names_source or not accounts_known
    world, has_unreadable = from_world(ranges, is_allow=is_allow)
    unknown_ranges = unknown_ranges or has_unreadable
    world = None if unknown_ranges and not world else world or not names_source
    return Rule(
        resource=resource,
        networks=references.networks(resource, "network"),
        is_ingress=None if direction is UNKNOWN else direction != "EGRESS",
        is_allow=is_allow,
        is_disabled=flag(resource, "disabled", omitted=False),
        priority=priority_of(resource),
        ports=opened(resource, "allows" if is_allow else "denies"),
        ranges=tuple(ranges),
        from_world=world,
        tags=frozenset(tags),
        source_accounts=accounts,
        has_unknown_sources=unknown_ranges,
        target_tags=frozenset(targets),
        target_accounts=for_accounts,
        has_unknown_targets=unknown_targets or not for_accounts_known,
    )


def from_world(ranges: Sequence[str], *, is_allow: bool = True) -> tuple[bool | None, bool]:
    """Whether ranges are most of the internet together, and whether one cannot be read.

    What is denied to a part of the internet, however wide, is open to the rest of it.
    """
    found = coverage(ranges)
    is_most = found.is_wide(WideRanges()) if is_allow else found.is_world
    return is_most, bool(found.unreadable)


def _has(resource: Resource, path: str) -> bool:
    value = resource.peek(path)
    return value is UNKNOWN or bool(value)


def priority_of(resource: View) -> float:
    """Its priority; before all others where it is not known."""
    value = resource.peek("priority", omitted=DEFAULT_PRIORITY)
    if value is UNKNOWN:
        return _UNKNOWN_PRIORITY
    try:
        return float(value)
    except (TypeError, ValueError):
        return DEFAULT_PRIORITY


def opened(view: View, path: str, at: str = "protocol") -> tuple[Ports, ...] | None:
    """The protocols and ports of a rule; `None` where one of them is not known."""
    found: list[Ports] = []
    try:
        for entry in view.each(path):
            name = protocol(entry, at)
            found.append((name, tuple(port_ranges(entry)) if name in WITH_PORTS else ()))
    except UndecidedError:
        return None
    return tuple(found)


def _without(ports: Iterable[Ports], denied: Sequence[Ports]) -> Iterator[Ports]:
    """What is left of ports when others are taken away."""
    for name, ranges in ports:
        if any(other == "all" or (other == name and not taken) for other, taken in denied):
            continue
        left = list(ranges)
        for other, taken in denied:
            if other == name:
                for hole in taken:
                    left = [piece for part in left for piece in _cut(part, hole)]
        if left or not ranges:
            yield name, tuple(left)


def _cut(part: range, hole: range) -> Iterator[range]:
    if hole.stop <= part.start or hole.start >= part.stop:
        yield part
        return
    if part.start < hole.start:
        yield range(part.start, hole.start)
    if hole.stop < part.stop:
        yield range(hole.stop, part.stop)


def shown(ports: Iterable[Ports]) -> tuple[str, ...]:
    """Protocols and ports for people: `tcp 443`, `udp 5000-5010`, `icmp`, `all`."""
    return tuple(
        dict.fromkeys(
            text
            for name, ranges in ports
            for text in (
                [f"{name} {_range(part)}" for part in ranges if part != ALL_PORTS]
                if ranges and ALL_PORTS not in ranges
                else [name or "all"]
            )
        )
    )


def _range(part: range) -> str:
    last = part.stop - 1
    return str(part.start) if last == part.start else f"{part.start}-{last}"
