"""Service perimeters restrict the services that hold data."""

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field

from apex_guardrails.model import Looser, Parameters, Resource, Violation, case, rule

RESTRICTED = "status.restrictedServices"


class Restricted(Parameters):
    """Which services a perimeter must restrict."""

    services: Annotated[list[str], Looser.LESS] = Field(
        ["storage.googleapis.com"],
        description="Services that every perimeter restricts.",
    )


def _is_regular(perimeter: Resource) -> bool:
    """Whether it restricts services itself, as a bridge between perimeters does not."""
    given = perimeter.get("perimeterType", omitted="PERIMETER_TYPE_REGULAR")
    return str(given).upper() != "PERIMETER_TYPE_BRIDGE"


@rule(
    severity="medium",
    on="gcp:accesscontextmanager/servicePerimeter:ServicePerimeter",
    controls=["cis-gcp-5.0:3.8"],
    when=_is_regular,
    fix="Name them in status.restricted_services; spec alone is a dry run.",
    parameters=Restricted,
)
def accesscontextmanager_perimeter_restricts(
    perimeter: Resource, limits: Restricted
) -> Iterator[Violation]:
    """Whoever has a key can copy the data to a project of their own."""
    # Omitted: it restricts nothing (Access Context Manager API, servicePerimeters, 2026-11).
    if not limits.services:
        return
    # An empty view of an omitted list has no elements.
    found = {str(service.get("")).lower() for service in perimeter.each(RESTRICTED)}
    for service in limits.services:
        if service.lower() not in found:
            yield perimeter.fail(f"does not restrict {service}", at=RESTRICTED)


def _status(*services: object) -> case.CaseResource:
    return case.resource(None, status={"restrictedServices": list(services)})


STORAGE, BIGQUERY = "storage.googleapis.com", "bigquery.googleapis.com"
CASES = [
    case.passes(_status(STORAGE)),
    case.passes(_status(BIGQUERY, STORAGE.upper())),
    case.passes(_status(), _parameters={"services": []}),
    case.passes(_status(STORAGE, BIGQUERY), _parameters={"services": [STORAGE.upper()]}),
    case.not_applicable(perimeterType="PERIMETER_TYPE_BRIDGE"),
    case.fails(_status(BIGQUERY)),
    case.fails(_status(STORAGE), _parameters={"services": [STORAGE, BIGQUERY]}),
    case.fails(_status()),
    case.fails(),
    case.fails(spec={"restrictedServices": [STORAGE]}, useExplicitDryRunSpec=True),
    case.fails(perimeterType="PERIMETER_TYPE_REGULAR"),
    case.undecided(_status(case.UNKNOWN)),
    case.undecided(status={"restrictedServices": case.UNKNOWN}),
    case.undecided(perimeterType=case.UNKNOWN),
]
