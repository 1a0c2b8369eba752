"""Nobody may delete projects by a standing grant."""

from collections.abc import Iterator

from apex_guardrails.gcp.grant_types import LEVEL_GRANTS
from apex_guardrails.gcp.iam import find_powerful, read_roles
from apex_guardrails.model import Resource, Violation, rule
from apex_guardrails.rules.families.grant_cases import custom_role_cases, grant_cases

DELETER = "roles/resourcemanager.projectDeleter"
DELETES = "resourcemanager.projects.delete"


@rule(
    severity="medium",
    on=LEVEL_GRANTS,
    fix="Remove the grant, and give the role for the hour in which it is needed (Privileged Access "
    "Manager).",
)
def iam_no_project_deleter(grant: Resource) -> Iterator[Violation]:
    """One command, or one stolen session, ends everything that is in a project."""
    roles = read_roles(grant)
    for given, what in find_powerful(roles, DELETER.__eq__, DELETES.__eq__):
        yield grant.fail(f"grants {what}", at=given.role_path)


CASES = [
    *grant_cases(
        LEVEL_GRANTS,
        good=[("roles/resourcemanager.projectCreator", "group:team@example.org")],
        bad=[(DELETER, "group:team@example.org")],
        needs=["role"],
    ),
    *custom_role_cases(LEVEL_GRANTS, "group:team@example.org", [DELETES]),
]
