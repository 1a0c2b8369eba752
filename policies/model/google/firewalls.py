"""VPC firewall rules: whom they admit, and a family of rules about ports."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pydantic import Field

from policies.model import case
from policies.model.case import Case
from policies.model.complaint import Complaint
from policies.model.google.networks import ALL_PORTS, is_world, port_ranges
from policies.model.policy import Parameters, Rule, rule
from policies.model.resource import Resource
from policies.model.view import View

FIREWALL = "gcp:compute/firewall:Firewall"

NUMBERS = {"6": "tcp", "17": "udp", "132": "sctp", "1": "icmp"}
"""IANA's protocol numbers, which the Compute Engine API takes too."""

WITH_PORTS = ("tcp", "udp", "sctp")
"""The protocols that have ports."""

PING = ("icmp", "58")
"""ICMP, and ICMP for IPv6, for which the Compute Engine API has no name."""

MEND = (
    "Narrow source_ranges, or use source_tags or source_service_accounts; for a login, "
    "35.235.240.0/20 (Identity-Aware Proxy); for a public service, a load balancer."
)
"""How a rule that admits the whole internet is mended."""


class PublicPorts(Parameters):
    """The ports of public services."""

    public_ports: tuple[int, ...] = Field(
        (80, 443),
        description="Ports that the whole internet may reach on the machines that a rule targets.",
    )


@dataclass(frozen=True, kw_only=True)
class Port:
    """A service's ports, which nobody on the internet should reach."""

    id: str
    protocols: tuple[str, ...]
    ports: tuple[int, ...]
    severity: str
    title: str
    why: str
    controls: tuple[str, ...]

    def is_among(self, ports: range) -> bool:
        """Whether a range has one of them."""
        return any(number in ports for number in self.ports)


def protocol(entry: View, at: str = "protocol") -> str:
    """The protocol of an `allows` entry by its name; "all" stands for every one.

    Raises:
        UndecidedError: it is not known before deployment.
    """
    given = str(entry.get(at, omitted="")).lower()
    return NUMBERS.get(given, given)


def is_all(ports: range) -> bool:
    """Whether a range is every port; port 0 is none that anything listens on."""
    return ports.start <= 1 and ports.stop >= ALL_PORTS.stop


def opens_all(entry: View) -> bool:
    """Whether an `allows` entry is about every port of a protocol, or about every protocol.

    Raises:
        UndecidedError: the protocol or a port is not known before deployment.
    """
    name = protocol(entry)
    if name == "all":
        return True
    return name in WITH_PORTS and any(is_all(ports) for ports in port_ranges(entry))


def names(firewall: View, *paths: str) -> bool:
    """Whether one of some lists names anything, known or not; an empty one does not."""
    return any(bool(firewall.peek(path)) for path in paths)


def has_targets(firewall: Resource) -> bool:
    """Whether a rule is for some of the network's machines; without targets it is for all."""
    return names(firewall, "targetTags", "targetServiceAccounts")


def is_ingress(firewall: View) -> bool:
    """Whether a rule is in force for what comes in.

    Raises:
        UndecidedError: the direction, or whether it is disabled, is not known before deployment.
    """
    return _is_in_force(firewall, "INGRESS")


def is_egress(firewall: View) -> bool:
    """Whether a rule is in force for what goes out.

    Raises:
        UndecidedError: the direction, or whether it is disabled, is not known before deployment.
    """
    return _is_in_force(firewall, "EGRESS")


def _is_in_force(firewall: View, direction: str) -> bool:
    # Omitted: ingress, in force (Compute Engine API, firewalls and firewallPolicies, 2026-11).
    return (
        firewall.get("direction", omitted="INGRESS") == direction
        and firewall.get("disabled", omitted=False) is not True
    )


def world_ranges(firewall: View, path: str) -> Iterator[str]:
    """The paths of those ranges of a list that are the whole internet.

    Raises:
        UndecidedError: after all that is known: a range is not.
    """
    for given in firewall.each(path):
        if is_world(given.get("")):
            yield given.path


def open_to_world(firewall: Resource) -> Iterator[str]:
    """The paths by which an ingress rule admits the whole internet; none for most.

    Raises:
        UndecidedError: after all that is known: a source is not.
    """
    if not names(firewall, "sourceRanges", "sourceTags", "sourceServiceAccounts"):
        yield "sourceRanges"  # naming no source, it admits any
    yield from world_ranges(firewall, "sourceRanges")


def port_rules(module: str, ports: Iterable[Port]) -> list[Rule]:
    """The rules of a module about ports."""
    return [_rule(module, port) for port in ports]


def _rule(module: str, port: Port) -> Rule:
    def check(firewall: Resource) -> Iterator[Complaint]:
        for source in open_to_world(firewall):
            for entry in firewall.each("allows"):
                if protocol(entry) not in port.protocols:
                    continue
                for ports in port_ranges(entry):
                    # All ports at once are another rule's, lest one mistake be twenty findings.
                    if not is_all(ports) and port.is_among(ports):
                        yield entry.fail(f"opens {shown(ports)} to the internet ({source})")

    return rule(
        severity=port.severity,
        on=FIREWALL,
        when=is_ingress,
        controls=port.controls,
        fix=MEND,
        module=module,
        id=port.id,
        title=port.title,
        why=port.why,
        cases=list(_cases(port)),
    )(check)


def shown(ports: range) -> str:
    """A range of ports for a message."""
    last = ports.stop - 1
    return f"port {ports.start}" if last == ports.start else f"ports {ports.start} to {last}"


def _cases(port: Port) -> Iterator[Case]:
    world = ["0.0.0.0/0"]

    def allow(*ports: object, protocol: object = port.protocols[0]) -> list[object]:
        return [{"protocol": protocol, "ports": list(ports)}]

    for number in port.ports:
        for name in port.protocols:
            yield case.fails(sourceRanges=world, allows=allow(str(number), protocol=name))
    first = str(port.ports[0])
    yield case.fails(sourceRanges=["::/0"], allows=allow("1", first))
    yield case.fails(sourceRanges=world, allows=allow(f"{int(first) - 1}-{int(first) + 1}"))
    yield case.fails(sourceRanges=world, allows=allow(first, protocol=port.protocols[0].upper()))
    yield case.fails(
        sourceRanges=["10.0.0.0/8", "0.0.0.0/1"], direction="INGRESS", allows=allow(first)
    )
    yield case.fails(sourceRanges=world, sourceTags=["web"], disabled=False, allows=allow(first))
    yield case.fails(sourceRanges=[], sourceTags=[], allows=allow(first))
    yield case.fails(sourceServiceAccounts=[], allows=allow(first))
    yield case.fails(allows=allow(first))
    yield case.fails(sourceRanges=world, allows=[case.UNKNOWN, *allow(first)])
    yield case.passes(sourceRanges=["10.0.0.0/8"], allows=allow(first))
    yield case.passes(sourceTags=["web"], allows=allow(first))
    yield case.passes(sourceServiceAccounts=[case.UNKNOWN], allows=allow(first))
    yield case.passes(sourceRanges=world, allows=allow("1"))
    yield case.passes(sourceRanges=world, allows=allow(first, protocol="icmp"))
    yield case.passes(sourceRanges=world, allows=allow("0-65535"))
    yield case.passes(sourceRanges=world, allows=allow("1-65535"))
    yield case.passes(sourceRanges=world, allows=[{"protocol": port.protocols[0]}])
    yield case.passes(sourceRanges=world, allows=[{"ports": [first]}])
    yield case.not_applicable(sourceRanges=world, direction="EGRESS", allows=allow(first))
    yield case.not_applicable(sourceRanges=world, disabled=True, allows=allow(first))
    yield case.passes(sourceRanges=world, allows=[])
    yield case.passes(sourceRanges=world, denies=allow(first))
    yield case.undecided(sourceRanges=world, allows=case.UNKNOWN)
    yield case.undecided(sourceRanges=world, allows=allow(case.UNKNOWN))
    yield case.undecided(
        sourceRanges=world, allows=[{"protocol": port.protocols[0], "ports": case.UNKNOWN}]
    )
    yield case.undecided(sourceRanges=world, allows=allow(first, protocol=case.UNKNOWN))
    yield case.undecided(sourceRanges=case.UNKNOWN, allows=allow(first))
    yield case.undecided(sourceRanges=[case.UNKNOWN], allows=allow(first))
    yield case.undecided(sourceRanges=world, direction=case.UNKNOWN, allows=allow(first))
    yield case.undecided(sourceRanges=world, disabled=case.UNKNOWN, allows=allow(first))
