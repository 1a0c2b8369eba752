"""VPC firewall rules: whom they admit, and to what.

Nothing here asks for more than an answer needs: where the port, the protocol or the source is
harmless, what is not known of the others decides nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated

from pydantic import Field

from apex_guardrails.gcp.admitted import Admitted, admitted, of_ranges, sources_at
from apex_guardrails.gcp.engines import DATABASE_PORTS
from apex_guardrails.gcp.google_addresses import IAP_PROXY
from apex_guardrails.gcp.inputs import Input
from apex_guardrails.gcp.networks import (
    ALL_PORTS,
    format_ports,
    join_texts,
    port_ranges,
    whole_number,
)
from apex_guardrails.gcp.public_space import EVERYBODY, WideRanges
from apex_guardrails.model.policy import Looser
from apex_guardrails.model.resource import Resource
from apex_guardrails.model.value import UNKNOWN
from apex_guardrails.model.view import UndecidedError, View

NUMBERS = {"6": "tcp", "17": "udp", "132": "sctp", "1": "icmp"}
"""IANA's protocol numbers, which the Compute Engine API takes too."""

DIRECTION = Input("direction", omitted="INGRESS")
"""Of a firewall, or of a rule of a firewall policy (Compute Engine API, firewalls, firewallPolicies
and organizationSecurityPolicies.rules, 2026-11)."""

WITH_PORTS = ("tcp", "udp", "sctp")
"""The protocols that have ports."""

PING = ("icmp", "58")
"""ICMP, and ICMP for IPv6, for which the Compute Engine API has no name."""

MEND = (
    "Narrow source_ranges, or use source_tags or source_service_accounts; for a login, "
    f"{IAP_PROXY[0]} (Identity-Aware Proxy); for a public service, a load balancer."
)
"""How a rule that admits the whole internet is mended."""


class PublicPorts(WideRanges):
    """The ports of public services, and what counts as the public."""

    public_ports: Annotated[tuple[Annotated[int, Field(ge=1, le=65535)], ...], Looser.MORE] = Field(
        (80, 443),
        description="Ports that the whole internet may reach on the machines that a rule targets. "
        "A database's port is never among them.",
    )

    @cached_property
    def _public(self) -> frozenset[int]:
        return frozenset(self.public_ports) - DATABASE_PORTS

    def are_public(self, ports: range) -> bool:
        """Whether all of some ports are those of public services."""
        return all(number in self._public for number in ports)


def _by_name(given: object) -> str:
    number = whole_number(given)
    text = str(given).lower() if number is None else str(number)
    return NUMBERS.get(text, text)


@dataclass(frozen=True, slots=True)
class Entry:
    """What one entry of a rule's `allows` opens: some or all ports of a protocol, as it is known.

    Attributes:
        ports: none for protocols without.
    """

    view: View
    protocol: str
    ports: tuple[range, ...]

    def shown(self) -> str:
        """Its ports for a message."""
        return format_ports(*self.ports)


@dataclass(frozen=True, slots=True)
class Gap:
    """What is not known of an entry, at a path; `None` stands for anything."""

    path: str
    protocol: str | None = None
    ports: tuple[range, ...] | None = None


@dataclass(frozen=True)
class Opened:
    """What the entries of a rule open together."""

    entries: tuple[Entry, ...]
    gaps: tuple[Gap, ...]

    @cached_property
    def everything(self) -> tuple[Entry, ...]:
        """An entry for each protocol of which every port is open, "all" among them."""
        found: dict[str, Entry] = {}
        for name in dict.fromkeys(entry.protocol for entry in self.entries):
            alike = [entry for entry in self.entries if entry.protocol == name]
            if name == "all" or (
                name in WITH_PORTS and is_all(*(part for entry in alike for part in entry.ports))
            ):
                found[name] = alike[0]
        return tuple(found.values())

    @cached_property
    def others(self) -> tuple[Entry, ...]:
        """The entries of protocols of which it does not open everything; none beside "all"."""
        whole = {entry.protocol for entry in self.everything}
        if "all" in whole:
            return ()
        return tuple(entry for entry in self.entries if entry.protocol not in whole)

    @cached_property
    def open_gaps(self) -> tuple[Gap, ...]:
        """What is not known of protocols of which it does not open everything anyway."""
        whole = {entry.protocol for entry in self.everything}
        if "all" in whole:
            return ()
        return tuple(gap for gap in self.gaps if gap.protocol not in whole)

    def hits(self, protocols: Collection[str], numbers: Collection[int]) -> Iterator[Entry]:
        """The entries that open one of some ports, and where; not all ports at once."""
        for entry in self.others:
            if entry.protocol in protocols:
                ports = tuple(part for part in entry.ports if _has_one(part, numbers))
                if ports:
                    yield Entry(entry.view, entry.protocol, ports)

    def require(self, protocols: Collection[str], numbers: Collection[int]) -> None:
        """Goes on where what is not known concerns none of some ports; not all ports at once.

        Raises:
            UndecidedError: it may open one of them.
        """
        for gap in self.open_gaps:
            if gap.protocol in (None, *protocols) and (
                gap.ports is None
                or any(_has_one(part, numbers) and not is_all(part) for part in gap.ports)
            ):
                raise UndecidedError(gap.path)

    def require_everything(self) -> None:
        """Goes on where what is not known cannot be every port of a protocol.

        Raises:
            UndecidedError: it may.
        """
        for gap in self.gaps:
            if gap.protocol in (None, *WITH_PORTS) and (gap.ports is None or is_all(*gap.ports)):
                raise UndecidedError(gap.path)


def _has_one(ports: range, numbers: Collection[int]) -> bool:
    return any(number in ports for number in numbers)


def opened(firewall: Resource) -> Opened:
    """What a rule's `allows` opens."""
    return firewall.once(opened_at, "allows", "protocol")


def opened_at(given: View, path: str, name: str) -> Opened:
    """What the entries at a path open, of which each has its protocol at `name`."""
    entries: list[Entry] = []
    gaps: list[Gap] = []
    try:
        for entry in given.each(path):
            ports, unknown = _ports(entry)
            protocol = entry.peek(name, omitted="")
            if protocol is UNKNOWN:
                gaps.append(Gap(entry.at(name).path, None, None if unknown else ports))
                continue
            protocol = _by_name(protocol)
            entries.append(Entry(entry, protocol, ports if protocol in WITH_PORTS else ()))
            if unknown and protocol in WITH_PORTS:
                gaps.append(Gap(unknown, protocol))
    except UndecidedError as undecided:
        gaps.append(Gap(undecided.path))
    return Opened(tuple(entries), tuple(gaps))


def _ports(entry: View) -> tuple[tuple[range, ...], str]:
    """The ports of an entry that are known, and the path of the first one that is not."""
    found: list[range] = []
    try:
        for ports in port_ranges(entry):
            found.append(ports)  # noqa: PERF402 what comes before one that is not known counts
    except UndecidedError as undecided:
        return tuple(found), undecided.path
    return tuple(found), ""


def is_all(*ports: range) -> bool:
    """Whether ranges are every port together; port 0 is none that anything listens on."""
    reached = 1
    for part in sorted(ports, key=lambda part: part.start):
        if part.start > reached:
            return False
        reached = max(reached, part.stop)
    return reached >= ALL_PORTS.stop


def format_protocols(entries: Iterable[Entry]) -> str:
    """Of entries that open everything, what that is for a message."""
    names = [entry.protocol for entry in entries]
    return "every port" if "all" in names else f"every port of {join_texts(names)}"


def names_any(firewall: View, *paths: str) -> bool:
    """Whether one of some lists names anything, known or not; an empty one does not."""
    return any(bool(firewall.peek(path)) for path in paths)


def has_targets(firewall: Resource) -> bool:
    """Whether a rule is for some of the network's machines; without targets it is for all."""
    return names_any(firewall, "targetTags", "targetServiceAccounts")


def is_ingress(firewall: View) -> bool:
    """Whether a rule is in force for what comes in, as far as that is known."""
    return _may_be_in_force(firewall, "INGRESS")


def is_egress(firewall: View) -> bool:
    """Whether a rule is in force for what goes out, as far as that is known."""
    return _may_be_in_force(firewall, "EGRESS")


def _may_be_in_force(firewall: View, direction: str) -> bool:
    # Omitted: in force (Compute Engine API, firewalls and firewallPolicies, 2026-11).
    if firewall.peek("disabled") is True:
        return False
    return DIRECTION.peek(firewall) in (direction, UNKNOWN)


def require_in_force(firewall: View) -> None:
    """Goes on where it is known that a rule is in force, and for what.

    Raises:
        UndecidedError: the direction, or whether it is disabled, is not known before deployment.
    """
    require_known(firewall, "direction", "disabled")


def require_known(given: View, *paths: str) -> None:
    """Goes on where some inputs are known or omitted.

    Raises:
        UndecidedError: one of them is not known before deployment.
    """
    for path in paths:
        if given.peek(path) is UNKNOWN:
            raise UndecidedError(given.at(path).path)


def source_of(firewall: Resource, limits: WideRanges) -> Admitted:
    """How much of the internet an ingress rule admits.

    Raises:
        DependenciesUnknownError: what an output is of, the source does not know yet.
    """
    return firewall.once(_source, limits)


def _source(firewall: Resource, limits: WideRanges) -> Admitted:
    if not names_any(firewall, "sourceRanges", "sourceTags", "sourceServiceAccounts"):
        return Admitted(EVERYBODY, "sourceRanges")  # naming no source, it admits any
    return of_ranges(sources_at(firewall, "sourceRanges"), limits, "sourceRanges")


def destination_of(firewall: Resource, limits: WideRanges) -> Admitted:
    """How much of the internet an egress rule lets out to."""
    # Omitted: anywhere (Compute Engine API, firewalls.destinationRanges, 2026-11).
    if not names_any(firewall, "destinationRanges"):
        return Admitted(EVERYBODY, "destinationRanges")
    return admitted(firewall, "destinationRanges", limits)


def require_open(firewall: View, whom: Admitted) -> None:
    """Goes on where it is known that a rule is in force and whom it is about.

    Raises:
        UndecidedError: one of them is not known before deployment.
    """
    require_in_force(firewall)
    whom.require()
