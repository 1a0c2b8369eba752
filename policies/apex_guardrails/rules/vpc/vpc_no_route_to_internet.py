"""Routes to the internet are for machines that are named."""

from collections.abc import Iterator
from typing import Any

from apex_guardrails.gcp.references import short_name
from apex_guardrails.model import Resource, Violation, case, rule

NEXT, RANGE = "nextHopGateway", "destRange"
EVERYWHERE = ("0.0.0.0/0", "::/0")


@rule(
    severity="low",
    on="gcp:compute/route:Route",
    fix="Set tags to those of the machines that need it.",
    # Without such a route, most machines cannot install an update.
    opt_in=True,
)
def vpc_no_route_to_internet(route: Resource) -> Iterator[Violation]:
    """Every machine of the network can send data anywhere."""
    if route.get(RANGE) not in EVERYWHERE:
        return
    if short_name(route.get(NEXT)) != "default-internet-gateway":
        return
    # Omitted: every machine of the network (Compute Engine API, routes, 2026-11).
    if not route.peek("tags", omitted=[]):
        yield route.fail("leads every machine of its network to the internet", at=NEXT)


OUT: dict[str, Any] = {"destRange": "0.0.0.0/0", "nextHopGateway": "default-internet-gateway"}
CASES = [
    case.passes(**OUT, tags=["egress"]),
    case.passes(**OUT, tags=case.UNKNOWN),
    case.passes(destRange="10.0.0.0/8", nextHopGateway="default-internet-gateway"),
    case.passes(destRange="0.0.0.0/0", nextHopIlb="10.0.0.5"),
    case.passes(destRange="0.0.0.0/0", nextHopGateway=""),
    case.passes(),
    case.fails(**OUT),
    case.fails(**OUT, tags=[]),
    case.fails(
        destRange="::/0",
        nextHopGateway="projects/p/global/gateways/default-internet-gateway",
    ),
    case.undecided(destRange=case.UNKNOWN, nextHopGateway="default-internet-gateway"),
    case.undecided(destRange="0.0.0.0/0", nextHopGateway=case.UNKNOWN),
]
