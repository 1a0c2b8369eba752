"""APIs stay on when the stack is destroyed."""

from collections.abc import Iterator

from apex_guardrails.gcp.types import ORGANIZATIONS_PROJECT, PROJECTS_SERVICE
from apex_guardrails.model import Resource, Violation, case, rule

FLAGS = ("disableOnDestroy", "disableDependentServices")


@rule(
    severity="high",
    on=PROJECTS_SERVICE,
    fix="Set disable_on_destroy=False, and leave disable_dependent_services out.",
)
def serviceapis_not_disabled_on_destroy(service: Resource) -> Iterator[Violation]:
    """Everything else in the project that uses the API would stop working."""
    for flag in FLAGS:
        # Omitted: off ("If false or unset, the service will be left enabled": pulumi-gcp 10.2).
        is_on = str(service.get(flag)).lower() == "true"
        # A project of the stack's own has nothing else in it, and goes, too.
        if is_on and not any(service.referred("project", ORGANIZATIONS_PROJECT)):
            yield service.fail("is disabled for the whole project on destroy", at=flag)


CASES = [
    case.passes(),
    case.passes(disableOnDestroy=False, disableDependentServices=False),
    case.fails(disableOnDestroy=True),
    case.fails(disableDependentServices=True),
    case.fails(disableOnDestroy="TRUE"),
    case.fails(disableOnDestroy=True, project="another"),
    case.fails(disableOnDestroy=True, project=case.UNKNOWN),
    case.passes(
        case.resource(disableOnDestroy=True, project=case.output_of("project")),
        case.resource(ORGANIZATIONS_PROJECT, "project"),
    ),
    case.undecided(disableOnDestroy=case.UNKNOWN),
    case.undecided(disableDependentServices=case.UNKNOWN),
]
