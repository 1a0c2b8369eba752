"""The way to the whole internet is open to chosen machines and ports alone."""

from collections.abc import Iterator
from typing import Any

from policies.model import Complaint, Resource, case, rule
from policies.model.google.firewalls import (
    FIREWALL,
    has_targets,
    is_egress,
    opens_all,
    world_ranges,
)


@rule(
    severity="medium",
    on=FIREWALL,
    when=is_egress,
    controls=["trivy:GCP-0035"],
    fix="Limit destination_ranges; what must reach the internet gets ports and target_tags.",
)
def firewall_no_public_egress(firewall: Resource) -> Iterator[Complaint]:
    """Stolen data leaves unhindered."""
    # The catalogue forbids every way out; a service that calls others on the internet needs one.
    to_all = not has_targets(firewall)
    for destination in _anywhere(firewall):
        for entry in firewall.each("allows"):
            if to_all:
                yield entry.fail(f"lets every machine out to the internet ({destination})")
            elif opens_all(entry):
                yield entry.fail(f"lets every port out to the internet ({destination})")


def _anywhere(firewall: Resource) -> Iterator[str]:
    # Omitted: anywhere (Compute Engine API, firewalls.destinationRanges, 2026-11).
    if not firewall.get("destinationRanges", omitted=()):
        yield "destinationRanges"
    yield from world_ranges(firewall, "destinationRanges")


OUT: dict[str, Any] = {"direction": "EGRESS", "destinationRanges": ["0.0.0.0/0"]}
WEB = [{"protocol": "tcp", "ports": ["443"]}]
CASES = [
    case.passes(**OUT, allows=WEB, targetTags=["web"]),
    case.passes(**OUT, allows=WEB, targetServiceAccounts=[case.UNKNOWN]),
    case.passes(**OUT, allows=[{"protocol": "icmp"}], targetTags=["web"]),
    case.passes(**OUT, allows=[{"ports": []}], targetTags=["web"]),
    case.passes(**OUT, denies=[{"protocol": "all"}]),
    case.passes(**OUT, allows=[]),
    case.not_applicable(**OUT, allows=WEB, disabled=True),
    case.passes(direction="EGRESS", destinationRanges=["10.0.0.0/8"], allows=WEB),
    case.not_applicable(direction="INGRESS", destinationRanges=["0.0.0.0/0"], allows=WEB),
    case.not_applicable(destinationRanges=["0.0.0.0/0"], allows=WEB),
    case.fails(**OUT, allows=WEB, disabled=False),
    case.fails(**OUT, allows=WEB, targetTags=[]),
    case.fails(**OUT, allows=[{"protocol": "all"}], targetTags=["web"]),
    case.fails(**OUT, allows=[case.UNKNOWN, {"protocol": "tcp"}], targetTags=["web"]),
    case.fails(direction="EGRESS", destinationRanges=["10.0.0.0/8", "::/0"], allows=WEB),
    case.fails(direction="EGRESS", destinationRanges=[], allows=WEB),
    case.fails(direction="EGRESS", allows=WEB),
    case.undecided(**OUT, allows=case.UNKNOWN),
    case.undecided(**OUT, allows=[{"protocol": case.UNKNOWN}], targetTags=["web"]),
    case.undecided(**OUT, allows=[{"protocol": "tcp", "ports": case.UNKNOWN}], targetTags=["web"]),
    case.undecided(
        **OUT, allows=[{"protocol": "tcp", "ports": [case.UNKNOWN]}], targetTags=["web"]
    ),
    case.undecided(**OUT, allows=WEB, disabled=case.UNKNOWN),
    case.undecided(direction="EGRESS", destinationRanges=case.UNKNOWN, allows=WEB),
    case.undecided(direction="EGRESS", destinationRanges=[case.UNKNOWN], allows=WEB),
    case.undecided(direction=case.UNKNOWN, allows=WEB),
]
