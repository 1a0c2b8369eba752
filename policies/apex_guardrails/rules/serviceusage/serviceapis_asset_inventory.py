"""Cloud Asset Inventory is on."""

from collections.abc import Iterator

from apex_guardrails.gcp.types import PROJECTS_SERVICE
from apex_guardrails.model import UNKNOWN, Stack, UndecidedError, Violation, case, rule

ASSETS = "cloudasset.googleapis.com"


@rule(
    severity="low",
    on=PROJECTS_SERVICE,
    scope="stack",
    controls=["cis-gcp-4.0:2.13"],
    fix='Add projects.Service with service="cloudasset.googleapis.com".',
    # Mostly it is on for the organization, by a stack of its own.
    level="disabled",
)
def serviceapis_asset_inventory(stack: Stack) -> Iterator[Violation]:
    """After an incident nobody can tell what there was, and who could do what, a week ago."""
    names = [service.peek("service") for service in stack.of_type(PROJECTS_SERVICE)]
    if ASSETS in names:
        return
    if UNKNOWN in names:
        raise UndecidedError("service")
    yield stack.fail(f"does not enable {ASSETS}")


CASES = [
    case.passes(case.resource(PROJECTS_SERVICE, service=ASSETS)),
    case.passes(
        case.resource(PROJECTS_SERVICE, service=UNKNOWN),
        case.resource(PROJECTS_SERVICE, service=ASSETS),
    ),
    case.fails(case.resource(PROJECTS_SERVICE, service="run.googleapis.com")),
    case.fails(case.resource(PROJECTS_SERVICE)),
    case.undecided(case.resource(PROJECTS_SERVICE, service=UNKNOWN)),
]
