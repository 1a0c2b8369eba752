"""No firewall rule opens all ports to the whole internet."""

from collections.abc import Iterator

from policies.model import Complaint, Resource, case, rule
from policies.model.google.firewalls import FIREWALL, is_ingress, open_to_world, opens_all


@rule(
    severity="critical",
    on=FIREWALL,
    when=is_ingress,
    controls=["checkov:CKV2_GCP_12", "trivy:GCP-0072"],
    fix="List the ports in allows, and narrow source_ranges.",
)
def firewall_no_all_ports_from_anywhere(firewall: Resource) -> Iterator[Complaint]:
    """The network has no boundary."""
    for source in open_to_world(firewall):
        for entry in firewall.each("allows"):
            if opens_all(entry):
                yield entry.fail(f"opens every port to the internet ({source})")


WORLD = ["0.0.0.0/0"]
TCP = [{"protocol": "tcp"}]
CASES = [
    case.passes(sourceRanges=WORLD, allows=[{"protocol": "tcp", "ports": ["443", "8000-9000"]}]),
    case.passes(sourceRanges=WORLD, allows=[{"protocol": "icmp"}]),
    case.passes(sourceRanges=WORLD, allows=[{"ports": []}]),
    case.passes(sourceRanges=["10.0.0.0/8"], allows=TCP),
    case.passes(sourceTags=["bastion"], allows=TCP),
    case.passes(sourceRanges=WORLD, denies=[{"protocol": "all"}]),
    case.passes(sourceRanges=WORLD, allows=[]),
    case.not_applicable(sourceRanges=WORLD, allows=TCP, direction="EGRESS"),
    case.not_applicable(sourceRanges=WORLD, allows=TCP, disabled=True),
    case.fails(sourceRanges=WORLD, allows=[{"protocol": "all"}]),
    case.fails(sourceRanges=WORLD, allows=TCP, direction="INGRESS", disabled=False),
    case.fails(sourceRanges=WORLD, allows=[{"protocol": "TCP", "ports": []}]),
    case.fails(sourceRanges=WORLD, allows=[{"protocol": 17, "ports": ["0-65535"]}]),
    case.fails(sourceRanges=WORLD, allows=[{"protocol": "sctp", "ports": ["22", "1-65535"]}]),
    case.fails(sourceRanges=["10.0.0.0/8", "::/0"], allows=TCP),
    case.fails(sourceRanges=WORLD, allows=[case.UNKNOWN, *TCP]),
    case.fails(sourceRanges=[], allows=TCP),
    case.fails(allows=TCP),
    case.undecided(sourceRanges=case.UNKNOWN, allows=TCP),
    case.undecided(sourceRanges=[case.UNKNOWN], allows=TCP),
    case.undecided(sourceRanges=WORLD, allows=case.UNKNOWN),
    case.undecided(sourceRanges=WORLD, allows=[{"protocol": case.UNKNOWN}]),
    case.undecided(sourceRanges=WORLD, allows=[{"protocol": "tcp", "ports": case.UNKNOWN}]),
    case.undecided(sourceRanges=WORLD, allows=[{"protocol": "tcp", "ports": [case.UNKNOWN]}]),
    case.undecided(sourceRanges=WORLD, allows=TCP, direction=case.UNKNOWN),
    case.undecided(sourceRanges=WORLD, allows=TCP, disabled=case.UNKNOWN),
]
