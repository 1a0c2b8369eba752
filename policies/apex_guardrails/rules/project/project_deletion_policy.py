"""Projects cannot be deleted by `pulumi destroy`."""

from collections.abc import Iterator

from apex_guardrails.gcp.types import ORGANIZATIONS_PROJECT
from apex_guardrails.model import Resource, Violation, case, rule


@rule(
    severity="critical",
    on=ORGANIZATIONS_PROJECT,
    fix='Remove deletion_policy="DELETE".',
)
def project_deletion_policy(project: Resource) -> Iterator[Violation]:
    """Deleting a project deletes everything in it."""
    # Omitted: PREVENT: the provider's default.
    if project.get("deletionPolicy", omitted="PREVENT") not in ("PREVENT", "ABANDON"):
        yield project.fail("can be deleted with everything in it", at="deletionPolicy")


CASES = [
    case.passes(deletionPolicy="PREVENT"),
    case.passes(deletionPolicy="ABANDON"),
    case.fails(deletionPolicy="DELETE"),
    case.passes(),
    case.undecided(deletionPolicy=case.UNKNOWN),
]
