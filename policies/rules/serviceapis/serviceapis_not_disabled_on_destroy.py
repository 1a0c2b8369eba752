"""APIs stay on when the stack is destroyed."""

from collections.abc import Iterator

from policies.model import Complaint, Resource, case, rule

FLAGS = ("disableOnDestroy", "disableDependentServices")


@rule(
    severity="high",
    on="gcp:projects/service:Service",
    fix="Set disable_on_destroy=False, and leave disable_dependent_services out.",
)
def serviceapis_not_disabled_on_destroy(service: Resource) -> Iterator[Complaint]:
    """What else in the project uses the API breaks with it."""
    for flag in FLAGS:
        # Omitted: off ("If false or unset, the service will be left enabled": pulumi-gcp 10.2).
        if str(service.get(flag, omitted=False)).lower() == "true":
            yield service.fail("is switched off for the whole project", at=flag)


CASES = [
    case.passes(),
    case.passes(disableOnDestroy=False, disableDependentServices=False),
    case.fails(disableOnDestroy=True),
    case.fails(disableDependentServices=True),
    case.undecided(disableOnDestroy=case.UNKNOWN),
    case.undecided(disableDependentServices=case.UNKNOWN),
    case.fails(disableOnDestroy="TRUE"),
]
