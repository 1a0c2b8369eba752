"""Firewall rules that admit somebody name the ports."""

from collections.abc import Iterator

from policies.model import Complaint, Resource, case, rule
from policies.model.google.firewalls import FIREWALL, is_ingress, open_to_world, opens_all


@rule(
    severity="medium",
    on=FIREWALL,
    when=is_ingress,
    controls=["trivy:GCP-0072"],
    fix="Set ports in each entry of allows.",
)
def firewall_no_all_ports(firewall: Resource) -> Iterator[Complaint]:
    """A rule without ports opens services nobody meant to publish."""
    # To the whole internet it is firewall-no-all-ports-from-anywhere.
    if any(open_to_world(firewall)):
        return
    for entry in firewall.each("allows"):
        if opens_all(entry):
            yield entry.fail("opens every port")


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
    case.undecided(sourceRanges=[case.UNKNOWN], allows=TCP),
    case.undecided(sourceRanges=case.UNKNOWN, allows=TCP),
    case.undecided(sourceRanges=INSIDE, allows=case.UNKNOWN),
    case.undecided(sourceRanges=INSIDE, allows=[{"protocol": case.UNKNOWN}]),
    case.undecided(sourceRanges=INSIDE, allows=[{"protocol": "tcp", "ports": case.UNKNOWN}]),
    case.undecided(sourceRanges=INSIDE, allows=[{"protocol": "tcp", "ports": [case.UNKNOWN]}]),
    case.undecided(sourceRanges=INSIDE, allows=TCP, direction=case.UNKNOWN),
    case.undecided(sourceRanges=INSIDE, allows=TCP, disabled=case.UNKNOWN),
]
