"""Firewall rules allow only narrow port ranges."""

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field

from apex_guardrails.gcp.firewalls import is_all, is_ingress, opened, require_in_force
from apex_guardrails.gcp.networks import format_ports
from apex_guardrails.gcp.types import COMPUTE_FIREWALL
from apex_guardrails.model import (
    Looser,
    Parameters,
    Resource,
    UndecidedError,
    Violation,
    case,
    rule,
)


class Width(Parameters):
    """How wide a range may be."""

    most: Annotated[int, Looser.MORE] = Field(
        30, description="The most ports that one range may have."
    )


@rule(
    severity="low",
    on=COMPUTE_FIREWALL,
    when=is_ingress,
    controls=["trivy:GCP-0074"],
    fix="List the ports that you use, one by one or in narrow ranges.",
    parameters=Width,
)
def firewall_no_wide_port_range(firewall: Resource, settings: Width) -> Iterator[Violation]:
    """A wide range also opens services that nobody meant to publish."""
    # All ports at once are firewall-no-all-ports.
    for entry in opened(firewall).others:
        for ports in entry.ports:
            if len(ports) > settings.most:
                require_in_force(firewall)
                yield entry.view.fail(
                    f"opens {format_ports(ports)}, {len(ports)} of them", at="ports"
                )
    for gap in opened(firewall).open_gaps:
        if gap.ports is None or any(settings.most < len(p) and not is_all(p) for p in gap.ports):
            raise UndecidedError(gap.path)


def _tcp(*ports: object) -> list[object]:
    return [{"protocol": "tcp", "ports": list(ports)}]


CASES = [
    case.passes(allows=_tcp("22", "8000-8029")),
    case.passes(allows=_tcp("8000-8999"), _parameters={"most": 1000}),
    case.passes(allows=_tcp("0-65535", "1-65535")),
    case.passes(allows=[{"protocol": "tcp"}]),
    case.not_applicable(allows=_tcp("8000-9000"), direction="EGRESS"),
    case.not_applicable(allows=_tcp("8000-9000"), disabled=True),
    case.passes(denies=_tcp("8000-9000")),
    case.passes(allows=[]),
    case.passes(),
    case.fails(allows=_tcp("22", "8000-8030"), direction="INGRESS", disabled=False),
    case.fails(allows=[case.UNKNOWN, *_tcp(case.UNKNOWN, "1024-65535")]),
    case.fails(allows=_tcp("8000-8029"), _parameters={"most": 29}),
    case.passes(allows=[{"protocol": "all"}, *_tcp("8000-9000")]),
    case.passes(allows=_tcp("0-32767", "32768-65535")),
    case.passes(allows=[{"protocol": case.UNKNOWN, "ports": ["22"]}]),
    case.passes(allows=[{"protocol": case.UNKNOWN}]),
    case.undecided(allows=[{"protocol": case.UNKNOWN, "ports": ["8000-9000"]}]),
    case.passes(allows=_tcp("22"), direction=case.UNKNOWN),
    case.undecided(allows=case.UNKNOWN),
    case.undecided(allows=_tcp(case.UNKNOWN)),
    case.undecided(allows=[{"protocol": "tcp", "ports": case.UNKNOWN}]),
    case.undecided(allows=_tcp("8000-9000"), direction=case.UNKNOWN),
    case.undecided(allows=_tcp("8000-9000"), disabled=case.UNKNOWN),
]
