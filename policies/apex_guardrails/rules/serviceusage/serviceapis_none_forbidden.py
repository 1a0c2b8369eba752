"""No service is enabled that the house forbids."""

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field

from apex_guardrails.gcp.types import PROJECTS_SERVICE
from apex_guardrails.model import Looser, Parameters, Resource, Violation, case, rule

PATH = "service"


class Forbidden(Parameters):
    """Services that nobody may use."""

    services: Annotated[list[str], Looser.LESS] = Field(
        ["generativelanguage.googleapis.com"], description="Names of services."
    )


@rule(
    severity="low",
    on=PROJECTS_SERVICE,
    fix="Remove it.",
    parameters=Forbidden,
    # Which services are forbidden, each house decides.
    opt_in=True,
)
def serviceapis_none_forbidden(service: Resource, forbidden: Forbidden) -> Iterator[Violation]:
    """Data goes to a service that nobody has looked at, or a bill comes that nobody expects."""
    name = str(service.get(PATH, omitted="")).strip().lower()
    if name in {given.lower() for given in forbidden.services}:
        yield service.fail(f"enables {name}, which is forbidden", at=PATH)


GEMINI = "generativelanguage.googleapis.com"
CASES = [
    case.passes(service="run.googleapis.com"),
    case.passes(service=GEMINI, _parameters={"services": []}),
    case.passes(),
    case.fails(service=GEMINI),
    case.fails(service=f" {GEMINI.upper()}"),
    case.fails(
        service="run.googleapis.com", _parameters={"services": [GEMINI, "Run.googleapis.com"]}
    ),
    case.undecided(service=case.UNKNOWN),
]
