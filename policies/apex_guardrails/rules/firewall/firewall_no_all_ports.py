"""Firewall rules that allow traffic name its ports."""

from collections.abc import Iterator

from apex_guardrails.gcp.firewalls import (
    format_protocols,
    is_ingress,
    opened,
    require_in_force,
    source_of,
)
from apex_guardrails.gcp.public_space import WideRanges
from apex_guardrails.gcp.types import COMPUTE_FIREWALL
from apex_guardrails.model import Resource, Violation, case, rule


@rule(
    severity="medium",
    on=COMPUTE_FIREWALL,
    when=is_ingress,
    controls=["trivy:GCP-0072"],
    fix="Set ports in each entry of allows.",
    parameters=WideRanges,
)
def firewall_no_all_ports(firewall: Resource, limits: WideRanges) -> Iterator[Violation]:
    """A rule without ports also opens services that nobody meant to publish."""
    # To the whole internet it is firewall-no-all-ports-from-anywhere.
    if source_of(firewall, limits).share:
        return
    everything = opened(firewall).everything
    if everything:
        require_in_force(firewall)
        yield everything[0].view.fail(f"opens {format_protocols(everything)}")
        return
    opened(firewall).require_everything()


INSIDE = ["10.0.0.0/8"]
TCP = [{"protocol": "tcp"}]
CASES = [
    case.passes(sourceRanges=INSIDE, allows=[{"protocol": "tcp", "ports": ["443", "8000-9000"]}]),
    case.passes(sourceRanges=INSIDE, allows=[{"protocol": "icmp"}]),
    case.passes(sourceRanges=INSIDE, allows=[{"ports": []}]),
    case.passes(sourceRanges=INSIDE, denies=[{"protocol": "all"}]),
    case.not_applicable(sourceRanges=INSIDE, allows=TCP, direction="EGRESS"),
    case.not_applicable(sourceRanges=INSIDE, allows=TCP, disabled=True),
    case.passes(sourceRanges=["0.0.0.0/0"], allows=TCP),
    case.passes(sourceRanges=[], allows=TCP),
    case.passes(allows=TCP),
    case.fails(sourceRanges=INSIDE, allows=[{"protocol": "all"}]),
    case.fails(sourceTags=["web"], allows=TCP, direction="INGRESS", disabled=False),
    case.fails(sourceRanges=INSIDE, allows=[{"protocol": "tcp", "ports": ["0-65535"]}]),
    case.fails(sourceRanges=INSIDE, allows=[case.UNKNOWN, *TCP]),
    case.fails(sourceRanges=[case.UNKNOWN], allows=TCP),
    case.fails(sourceRanges=case.UNKNOWN, allows=TCP),
    case.fails(sourceRanges=["8.0.0.0/8"], allows=TCP),
    case.passes(sourceRanges=["8.0.0.0/7"], allows=TCP),
    case.fails(sourceRanges=["8.0.0.0/7"], allows=TCP, _parameters={"widest_ipv4": 7}),
    case.fails(
        sourceRanges=INSIDE,
        allows=[{"protocol": "tcp", "ports": ["0-99"]}, {"protocol": "tcp", "ports": ["99-65535"]}],
    ),
    case.passes(sourceRanges=case.UNKNOWN, allows=[{"protocol": "tcp", "ports": ["22"]}]),
    case.passes(sourceRanges=INSIDE, allows=[{"protocol": case.UNKNOWN, "ports": ["22"]}]),
    case.undecided(sourceRanges=INSIDE, allows=[{"protocol": case.UNKNOWN, "ports": ["0-65535"]}]),
    case.undecided(sourceRanges=INSIDE, allows=case.UNKNOWN),
    case.undecided(sourceRanges=INSIDE, allows=[{"protocol": case.UNKNOWN}]),
    case.undecided(sourceRanges=INSIDE, allows=[{"protocol": "tcp", "ports": case.UNKNOWN}]),
    case.undecided(sourceRanges=INSIDE, allows=[{"protocol": "tcp", "ports": [case.UNKNOWN]}]),
    case.undecided(sourceRanges=INSIDE, allows=TCP, direction=case.UNKNOWN),
    case.undecided(sourceRanges=INSIDE, allows=TCP, disabled=case.UNKNOWN),
]
