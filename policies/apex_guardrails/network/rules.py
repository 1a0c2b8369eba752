"""VPC firewall rules: which apply to a machine, and whom they let in from where.

Source: VPC documentation, "VPC firewall rules" (2026-11): the lowest priority number counts first,
of two with the same one the denial; without rules nothing comes in and everything goes out.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final, TypeAlias

from apex_guardrails.gcp.admitted import Admitted
from apex_guardrails.gcp.firewalls import (
    DIRECTION,
    WITH_PORTS,
    Gap,
    Opened,
    destination_of,
    opened,
    opened_at,
    source_of,
)
from apex_guardrails.gcp.inputs import Input
from apex_guardrails.gcp.networks import ALL_PORTS
from apex_guardrails.gcp.public_space import EVERYBODY, WideRanges
from apex_guardrails.gcp.types import COMPUTE_FIREWALL
from apex_guardrails.model.resource import Resource
from apex_guardrails.model.value import UNKNOWN
from apex_guardrails.model.view import DependenciesUnknownError, View
from apex_guardrails.network.hosts import Signature
from apex_guardrails.network.protocols import Ports, format_ports, subtract_ports
from apex_guardrails.network.references import References, read_flag, read_texts

PRIORITY: Final = Input("priority", omitted=1000)
"""(Compute Engine API, firewalls, 2026-11.)"""

_UNKNOWN_PRIORITY: Final = float("-inf")
"""Before all others: then it casts doubt on each of them."""

Place: TypeAlias = "tuple[Resource, str]"
"""A resource and one of its inputs."""


@dataclass(frozen=True)
class TrafficRule:
    """A firewall rule; `None` where something is not known before deployment.

    Attributes:
        opened: the ports that it lets through, or denies.
        ranges: of its sources, or of its destinations.
        whom: how much of the internet they are.
        unknown: the first input that is not known of what it is for; "" for none.
    """

    resource: Resource
    networks: frozenset[str]
    is_ingress: bool | None
    is_allow: bool
    is_disabled: bool | None
    priority: float
    opened: Opened
    ranges: tuple[str, ...]
    whom: Admitted
    tags: frozenset[str]
    source_accounts: frozenset[str]
    target_tags: frozenset[str]
    target_accounts: frozenset[str]
    has_unknown_targets: bool
    unknown: str = ""

    @cached_property
    def ports(self) -> tuple[Ports, ...]:
        """Its protocols and ports, as far as they are known."""
        return tuple(
            (entry.protocol, entry.ports)
            for entry in self.opened.entries
            if entry.ports or entry.protocol not in WITH_PORTS
        )

    @cached_property
    def shown_ports(self) -> tuple[str, ...]:
        """The same for people."""
        return format_ports(self.ports)

    @property
    def from_world(self) -> bool | None:
        """Whether its sources are most of the internet.

        What is denied to a part of the internet, however wide, is open to the rest of it.
        """
        if self.whom.share == EVERYBODY or (self.is_allow and self.whom.share):
            return True
        return None if self.whom.unknown and not self.whom.share else False

    @property
    def has_unknown_sources(self) -> bool:
        """Whether some of its sources are not known."""
        return bool(self.whom.unknown)

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

    all: list[TrafficRule] = field(default_factory=list)
    has_unread: bool = False
    by_network: dict[str, list[TrafficRule]] = field(default_factory=lambda: defaultdict(list))
    anywhere: list[TrafficRule] = field(default_factory=list)
    _applying: dict[Signature, list[tuple[TrafficRule, bool]]] = field(default_factory=dict)
    _let_in: dict[Signature, tuple[Let, ...]] = field(default_factory=dict)

    def add(self, rule: TrafficRule) -> None:
        """Takes a rule in."""
        self.all.append(rule)
        self.add_unlisted(rule)

    def add_unlisted(self, rule: TrafficRule) -> None:
        """Takes in a rule of a policy, which the table of the network's own rules leaves out."""
        for network in rule.networks:
            self.by_network[network].append(rule)
        if not rule.networks:
            self.anywhere.append(rule)

    def applying(self, machine: Signature) -> list[tuple[TrafficRule, bool]]:
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

    def from_internet(self, machine: Signature) -> Sequence[Let]:
        """What the rules let in from the internet, in the order in which they count."""
        if machine not in self._let_in:
            self._let_in[machine] = tuple(self._from_internet(machine))
        return self._let_in[machine]

    def _from_internet(self, machine: Signature) -> Iterator[Let]:
        denied: list[Ports] = []
        doubt: Place | None = None
        for rule, is_certain in self.applying(machine):
            place = rule.resource, rule.unknown
            gaps = [(gap, (rule.resource, gap.path)) for gap in rule.opened.gaps]
            if rule.is_allow:
                if rule.from_world is False:
                    continue
                is_sure = is_certain and rule.from_world is True
                left = list(subtract_ports(rule.ports, denied))
                if left:
                    unknown = place if rule.unknown and not is_sure else doubt
                    yield Let(rule, left, is_certain=is_sure and not doubt, unknown=unknown)
                for gap, at in gaps:
                    if any(subtract_ports(_most(gap), denied)):
                        ports = None if gap.ports is None else _most(gap)
                        yield Let(rule, ports, is_certain=False, unknown=at)
            elif rule.from_world is True and is_certain:
                denied += rule.ports
                doubt = doubt or next((at for _, at in gaps), None)
            elif rule.from_world is not False or rule.has_unknown_sources:
                doubt = doubt or place


@dataclass(frozen=True)
class Let:
    """What a rule lets in.

    Attributes:
        ports: `None` where they are not known.
        is_certain: false where a value that is not known decides.
        unknown: that value, where it is a rule's; "" for its path where it is not.
    """

    rule: TrafficRule
    ports: list[Ports] | None
    is_certain: bool
    unknown: Place | None


def _most(gap: Gap) -> list[Ports]:
    """What may be open where something is not known."""
    ports = (ALL_PORTS,) if gap.ports is None else gap.ports
    if gap.protocol is not None:
        return [(gap.protocol, ports)]
    return [("all", ())] if gap.ports is None else [(name, ports) for name in WITH_PORTS]


def _order(rule: TrafficRule) -> tuple[float, bool, str]:
    return rule.priority, rule.is_allow, rule.resource.urn


def read_rules(references: References) -> Rules:
    """The firewall rules of the stack."""
    rules = Rules()
    for resource in references.stack.of_type(COMPUTE_FIREWALL):
        rules.add(_read(resource, references))
    return rules


def _source(resource: Resource, references: References) -> Admitted:
    try:
        return source_of(resource, WideRanges())
    except DependenciesUnknownError:
        references.dependencies_unknown = True
        return Admitted(unknown="sourceRanges")


def _read(resource: Resource, references: References) -> TrafficRule:
    direction = DIRECTION.peek(resource)
    is_allow = not _has(resource, "denies")
    is_egress = direction == "EGRESS"
    whom = destination_of(resource, WideRanges()) if is_egress else _source(resource, references)
    ranges, _ = read_texts(resource, "destinationRanges" if is_egress else "sourceRanges")
    tags, _ = read_texts(resource, "sourceTags")
    targets, unknown_targets = read_texts(resource, "targetTags")
    accounts, _ = references.accounts(resource, "sourceServiceAccounts")
    for_accounts, for_accounts_known = references.accounts(resource, "targetServiceAccounts")
    networks = references.networks(resource, "network")
    unknown = first_unknown(
        resource,
        *("direction", "disabled", "priority"),
        *(() if networks else ("network",)),
        *(("targetTags",) if unknown_targets else ()),
        *(() if for_accounts_known else ("targetServiceAccounts",)),
    )
    return TrafficRule(
        resource=resource,
        networks=networks,
        is_ingress=None if direction is UNKNOWN else not is_egress,
        is_allow=is_allow,
        is_disabled=read_flag(resource, "disabled", omitted=False),
        priority=priority_of(resource),
        opened=opened(resource) if is_allow else opened_at(resource, "denies", "protocol"),
        ranges=tuple(ranges),
        whom=whom,
        tags=frozenset(tags),
        source_accounts=accounts,
        target_tags=frozenset(targets),
        target_accounts=for_accounts,
        has_unknown_targets=unknown_targets or not for_accounts_known,
        unknown=unknown or whom.unknown,
    )


def first_unknown(view: View, *paths: str) -> str:
    """The first value below some paths that is not known; "" for none."""
    found = (leaf.path for path in paths for leaf in view.leaves(path) if leaf.value is UNKNOWN)
    return next(found, "")


def _has(resource: Resource, path: str) -> bool:
    value = resource.peek(path)
    return value is UNKNOWN or bool(value)


def priority_of(resource: View) -> float:
    """Its priority; before all others where it is not known."""
    value = PRIORITY.peek(resource)
    if value is UNKNOWN:
        return _UNKNOWN_PRIORITY
    try:
        return float(value)
    except (TypeError, ValueError):
        return float(PRIORITY.omitted)
