"""VPC firewall rules: whom they admit, and a family of rules about ports."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from policies.model import case
from policies.model.case import Case
from policies.model.complaint import Complaint
from policies.model.google.networks import ALL_PORTS, is_world, port_ranges
from policies.model.policy import Rule, rule
from policies.model.resource import Resource, View

FIREWALL = "gcp:compute/firewall:Firewall"

NUMBERS = {"6": "tcp", "17": "udp", "132": "sctp", "1": "icmp"}
"""IANA's protocol numbers, which the Compute Engine API takes too."""


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


def protocol(entry: View) -> str:
    """The protocol of an `allows` entry by its name; "all" stands for every one."""
    given = str(entry.get("protocol", omitted="")).lower()
    return NUMBERS.get(given, given)


def open_to_world(firewall: Resource) -> Iterator[str]:
    """The paths by which a rule that is in force admits the whole internet; none for most.

    Raises:
        UndecidedError: after all that is known: a source is not.
    """
    # Omitted: ingress, in force (Compute Engine API, firewalls, 2026-11).
    if firewall.get("direction", omitted="INGRESS") != "INGRESS":
        return
    if firewall.get("disabled", omitted=False) is True:
        return
    named_sources = firewall.is_set("sourceTags") or firewall.is_set("sourceServiceAccounts")
    if not firewall.get("sourceRanges", omitted=()) and not named_sources:
        yield "sourceRanges"  # naming no source, it admits any
    for source in firewall.each("sourceRanges"):
        if is_world(source.get("")):
            yield source.path


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
                    if ports != ALL_PORTS and any(number in ports for number in port.ports):
                        yield entry.fail(f"opens {_text(ports)} to the internet ({source})")

    return rule(
        severity=port.severity,
        on=FIREWALL,
        controls=port.controls,
        fix=(
            "Narrow source_ranges, or use source_tags or source_service_accounts; for a login, "
            "35.235.240.0/20 (Identity-Aware Proxy)."
        ),
        module=module,
        id=port.id,
        title=port.title,
        why=port.why,
        cases=list(_cases(port)),
    )(check)


def _text(ports: range) -> str:
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
    yield case.fails(sourceRanges=[], allows=allow(first))
    yield case.fails(allows=allow(first))
    yield case.fails(sourceRanges=world, allows=[case.UNKNOWN, *allow(first)])
    yield case.passes(sourceRanges=["10.0.0.0/8"], allows=allow(first))
    yield case.passes(sourceTags=["web"], allows=allow(first))
    yield case.passes(sourceServiceAccounts=[case.UNKNOWN], allows=allow(first))
    yield case.passes(sourceRanges=world, allows=allow("1"))
    yield case.passes(sourceRanges=world, allows=allow(first, protocol="icmp"))
    yield case.passes(sourceRanges=world, allows=allow("0-65535"))
    yield case.passes(sourceRanges=world, allows=[{"protocol": port.protocols[0]}])
    yield case.passes(sourceRanges=world, allows=[{"ports": [first]}])
    yield case.passes(sourceRanges=world, direction="EGRESS", allows=allow(first))
    yield case.passes(sourceRanges=world, disabled=True, allows=allow(first))
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
