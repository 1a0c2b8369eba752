"""A family of rules about ports of firewalls: one rule for each service."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from apex_guardrails.gcp.firewalls import MEND, is_ingress, opened, require_open, source_of
from apex_guardrails.gcp.public_space import WideRanges
from apex_guardrails.gcp.types import (
    COMPUTE_ADDRESS,
    COMPUTE_FIREWALL,
    COMPUTE_SUBNETWORK,
    NETWORKSECURITY_ADDRESS_GROUP,
)
from apex_guardrails.model import case
from apex_guardrails.model.case import Case
from apex_guardrails.model.policy import Check
from apex_guardrails.model.resource import Resource
from apex_guardrails.model.violation import Violation
from apex_guardrails.rules.families.table import RuleTable


@dataclass(frozen=True)
class Ports:
    """A service's ports, which nobody on the internet should reach."""

    protocols: tuple[str, ...]
    numbers: tuple[int, ...]

    def is_among(self, ports: range) -> bool:
        """Whether a range has one of them."""
        return any(number in ports for number in self.numbers)


def _check(ports: Ports) -> Check:
    def check(firewall: Resource, limits: WideRanges) -> Iterator[Violation]:
        whom = source_of(firewall, limits)
        if whom.is_certainly_not_public:
            return
        entries = opened(firewall)
        # All ports at once are another rule's, lest one mistake be twenty findings.
        for entry in entries.hits(ports.protocols, ports.numbers):
            require_open(firewall, whom)
            yield entry.view.fail(f"opens {entry.shown()} to {whom.share} ({whom.at})")
        entries.require(ports.protocols, ports.numbers)

    return check


Allow: TypeAlias = Callable[..., list[object]]

QUARTERS = ["0.0.0.0/2", "64.0.0.0/2", "128.0.0.0/2", "192.0.0.0/2"]


def _allows(ports: Ports) -> Allow:
    def allow(*ports: object, protocol: object = ports.protocols[0]) -> list[object]:
        return [{"protocol": protocol, "ports": list(ports)}]

    return allow


def _own_cases(ports: Ports) -> Iterator[Case]:
    """Those of a port's numbers and protocols, and one each of all else that the rule needs."""
    world, allow, first = ["0.0.0.0/0"], _allows(ports), str(ports.numbers[0])
    for number in ports.numbers:
        for name in ports.protocols:
            yield case.fails(sourceRanges=world, allows=allow(str(number), protocol=name))
    yield case.passes(sourceRanges=["10.0.0.0/8"], allows=allow(first))
    yield case.passes(sourceRanges=world, allows=allow("1"))
    yield case.passes(sourceRanges=world, allows=allow(first, protocol="icmp"))
    yield case.not_applicable(sourceRanges=world, direction="EGRESS", allows=allow(first))
    yield case.passes(sourceRanges=world, allows=[{"protocol": ports.protocols[0]}])
    yield case.passes(sourceRanges=world, denies=allow(first))
    yield case.undecided(sourceRanges=world, allows=case.UNKNOWN)
    yield case.undecided(
        sourceRanges=world, allows=[{"protocol": ports.protocols[0], "ports": case.UNKNOWN}]
    )


def _all_cases(ports: Ports) -> Iterator[Case]:
    world, allow, first = ["0.0.0.0/0"], _allows(ports), str(ports.numbers[0])
    yield from _own_cases(ports)
    yield case.fails(sourceRanges=["::/0"], allows=allow("1", first))
    yield case.fails(sourceRanges=world, allows=allow(f"{int(first) - 1}-{int(first) + 1}"))
    yield case.fails(sourceRanges=world, allows=allow(first, protocol=ports.protocols[0].upper()))
    yield case.fails(
        sourceRanges=["10.0.0.0/8", "0.0.0.0/1"], direction="INGRESS", allows=allow(first)
    )
    yield case.fails(sourceRanges=world, sourceTags=["web"], disabled=False, allows=allow(first))
    yield case.fails(sourceRanges=[], sourceTags=[], allows=allow(first))
    yield case.fails(sourceServiceAccounts=[], allows=allow(first))
    yield case.fails(allows=allow(first))
    yield case.fails(sourceRanges=world, allows=[case.UNKNOWN, *allow(first)])
    yield case.passes(sourceTags=["web"], allows=allow(first))
    yield case.passes(sourceServiceAccounts=[case.UNKNOWN], allows=allow(first))
    yield case.passes(sourceRanges=world, allows=allow("0-65535"))
    yield case.passes(sourceRanges=world, allows=allow("1-65535"))
    yield case.passes(sourceRanges=world, allows=[{"ports": [first]}])
    yield case.not_applicable(sourceRanges=world, disabled=True, allows=allow(first))
    yield case.passes(sourceRanges=world, allows=[])
    yield case.undecided(sourceRanges=world, allows=allow(case.UNKNOWN))
    yield case.undecided(sourceRanges=world, allows=allow(first, protocol=case.UNKNOWN))
    yield case.undecided(sourceRanges=case.UNKNOWN, allows=allow(first))
    yield case.undecided(sourceRanges=[case.UNKNOWN], allows=allow(first))
    yield case.undecided(sourceRanges=world, direction=case.UNKNOWN, allows=allow(first))
    yield case.undecided(sourceRanges=world, disabled=case.UNKNOWN, allows=allow(first))
    yield from _cases_of_a_split_source(world, first, allow)
    yield from _cases_of_what_need_not_be_known(world, first, allow)


def _cases_of_a_split_source(world: list[str], first: str, allow: Allow) -> Iterator[Case]:
    yield case.fails(sourceRanges=QUARTERS, allows=allow(first))
    yield case.fails(sourceRanges=["2000::/3"], allows=allow(first))
    yield case.fails(sourceRanges=["8.0.0.0/7"], allows=allow(first))
    yield case.passes(
        sourceRanges=["8.0.0.0/7"], allows=allow(first), _parameters={"widest_ipv4": 7}
    )
    yield case.passes(sourceRanges=["203.0.113.7", "2600::/16"], allows=allow(first))
    yield case.undecided(sourceRanges=["10.0.0.0/8", "office"], allows=allow(first))
    yield case.fails(sourceRanges=["office", case.UNKNOWN, *world], allows=allow(first))
    yield case.fails(sourceRanges=world, allows=[*allow("1", protocol=case.UNKNOWN), *allow(first)])
    yield case.fails(sourceRanges=world, allows=allow(case.UNKNOWN, first))


def _cases_of_outputs(first: str, allow: Allow) -> Iterator[Case]:
    """An address of one's own is not the internet, whichever it will be."""
    made = case.output_of("made")
    for expected, token, ranges in (
        (case.passes, COMPUTE_ADDRESS, [made]),
        (case.passes, COMPUTE_SUBNETWORK, ["10.0.0.0/8", made]),
        (case.fails, COMPUTE_ADDRESS, [made, "0.0.0.0/0"]),
        (case.undecided, COMPUTE_ADDRESS, [made, "office"]),
        (case.undecided, COMPUTE_ADDRESS, made),
        (case.undecided, COMPUTE_ADDRESS, [case.concat(made, "/0")]),
        (case.undecided, COMPUTE_ADDRESS, [case.concat("0.0.0.0/", made)]),
        (case.undecided, "pulumi:pulumi:StackReference", [made]),
        (case.undecided, NETWORKSECURITY_ADDRESS_GROUP, [made]),
    ):
        firewall = case.resource(sourceRanges=ranges, allows=allow(first))
        yield expected(firewall, case.resource(token, "made"))


def _cases_of_what_need_not_be_known(world: list[str], first: str, allow: Allow) -> Iterator[Case]:
    unknown = [case.UNKNOWN]
    # However few of an address are known, those are few.
    yield case.passes(sourceRanges=[case.concat(case.UNKNOWN, "/32")], allows=allow(first))
    yield case.undecided(sourceRanges=[case.concat(case.UNKNOWN, "/0")], allows=allow(first))
    yield case.passes(sourceRanges=unknown, allows=allow("1"))
    yield from _cases_of_outputs(first, allow)
    yield case.passes(sourceRanges=unknown, allows=allow(first, protocol="icmp"))
    yield case.passes(sourceRanges=unknown, allows=allow("1", protocol=case.UNKNOWN))
    yield case.passes(sourceRanges=unknown, denies=[{"protocol": "all"}])
    yield case.passes(sourceRanges=unknown, allows=[{"protocol": case.UNKNOWN}])
    yield case.passes(sourceRanges=world, allows=allow(case.UNKNOWN, protocol="icmp"))
    yield case.passes(sourceRanges=world, allows=allow(case.UNKNOWN, "1-65535"))
    yield case.passes(sourceRanges=["10.0.0.0/8"], allows=case.UNKNOWN)
    yield case.passes(sourceRanges=["10.0.0.0/8"], direction=case.UNKNOWN, allows=allow(first))
    yield case.not_applicable(sourceRanges=unknown, direction=case.UNKNOWN, disabled=True)
    yield case.not_applicable(sourceRanges=unknown, direction="EGRESS", disabled=case.UNKNOWN)
    # Every port is another rule's, in one piece or in two, and names no port again.
    halves = [*allow("0-32767"), *allow("32768-65535")]
    yield case.passes(sourceRanges=world, allows=halves)
    yield case.passes(sourceRanges=world, allows=[{"protocol": "all"}, *allow(first)])
    yield case.passes(sourceRanges=world, allows=[{"protocol": "all"}, case.UNKNOWN])


OPEN_PORTS = RuleTable(
    on=COMPUTE_FIREWALL,
    check=_check,
    fix=MEND,
    when=is_ingress,
    parameters=WideRanges,
    cases=_all_cases,
    own_cases=_own_cases,
)
"""Rules about the ports of firewalls: one for each service."""
