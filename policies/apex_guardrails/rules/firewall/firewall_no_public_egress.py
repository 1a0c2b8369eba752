"""Egress to the whole internet is limited to chosen machines and ports."""

from collections.abc import Iterator
from typing import Any

from apex_guardrails.gcp.firewalls import (
    destination_of,
    format_protocols,
    has_targets,
    is_egress,
    opened,
    require_open,
)
from apex_guardrails.gcp.public_space import WideRanges
from apex_guardrails.gcp.types import COMPUTE_FIREWALL
from apex_guardrails.model import Resource, UndecidedError, Violation, case, rule


@rule(
    severity="medium",
    on=COMPUTE_FIREWALL,
    when=is_egress,
    controls=["trivy:GCP-0035"],
    fix="Limit destination_ranges; for traffic that must reach the internet, set ports and "
    "target_tags.",
    parameters=WideRanges,
)
def firewall_no_public_egress(firewall: Resource, limits: WideRanges) -> Iterator[Violation]:
    """Stolen data can leave unhindered."""
    # The catalogue forbids every way out; a service that calls others on the internet needs one.
    where = destination_of(firewall, limits)
    if where.is_certainly_not_public:
        return
    here = opened(firewall)
    found = here.everything if has_targets(firewall) else here.entries
    if found:
        require_open(firewall, where)
        who = format_protocols(found) if has_targets(firewall) else "every machine"
        yield found[0].view.fail(f"lets {who} out to {where.share} ({where.at})")
    elif has_targets(firewall):
        here.require_everything()
    elif here.gaps:
        raise UndecidedError(here.gaps[0].path)


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
    case.passes(**OUT, allows=[{"protocol": case.UNKNOWN, "ports": ["443"]}], targetTags=["web"]),
    case.undecided(**OUT, allows=[{"protocol": case.UNKNOWN, "ports": ["443"]}]),
    case.undecided(**OUT, allows=WEB, disabled=case.UNKNOWN),
    case.undecided(direction="EGRESS", destinationRanges=case.UNKNOWN, allows=WEB),
    case.undecided(direction="EGRESS", destinationRanges=[case.UNKNOWN], allows=WEB),
    case.undecided(direction=case.UNKNOWN, allows=WEB),
    case.fails(
        direction="EGRESS", destinationRanges=["0.0.0.0/2", "64.0.0.0/2", "128.0.0.0/1"], allows=WEB
    ),
    case.fails(direction="EGRESS", destinationRanges=["8.0.0.0/7"], allows=WEB),
    case.passes(
        direction="EGRESS",
        destinationRanges=["8.0.0.0/7"],
        allows=WEB,
        _parameters={"widest_ipv4": 7},
    ),
    case.undecided(direction="EGRESS", destinationRanges=["example.org"], allows=WEB),
    case.passes(
        direction="EGRESS", destinationRanges=[case.UNKNOWN], allows=WEB, targetTags=["web"]
    ),
    case.passes(direction="EGRESS", destinationRanges=[case.UNKNOWN], denies=WEB),
    case.passes(direction="EGRESS", destinationRanges=["10.0.0.0/8"], allows=case.UNKNOWN),
    case.passes(direction=case.UNKNOWN, destinationRanges=["10.0.0.0/8"], allows=WEB),
    case.not_applicable(direction="EGRESS", disabled=True, destinationRanges=case.UNKNOWN),
]
