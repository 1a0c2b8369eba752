"""Secret access is granted on the secret, not on the project."""

from collections.abc import Iterator

from apex_guardrails.gcp.grant_types import LEVEL_GRANTS
from apex_guardrails.gcp.iam import find_powerful, read_roles
from apex_guardrails.model import Resource, Violation, rule
from apex_guardrails.rules.families.grant_cases import custom_role_cases, grant_cases

READERS = (
    "roles/secretmanager.secretAccessor",
    "roles/secretmanager.admin",
    "roles/secretmanager.secretVersionManager",
)
# To read secrets, or to let oneself.
READING = (
    "secretmanager.versions.access",
    "secretmanager.secrets.setIamPolicy",
)


@rule(
    severity="high",
    on=LEVEL_GRANTS,
    fix="Use secretmanager.SecretIamMember.",
)
def secretmanager_accessor_at_secret_level(grant: Resource) -> Iterator[Violation]:
    """A project-level accessor reads every secret, including future ones."""
    for given, what in find_powerful(read_roles(grant), READERS.__contains__, READING.__contains__):
        yield grant.fail(f"grants {what} on every secret at once", at=given.role_path)


CASES = [
    *grant_cases(
        LEVEL_GRANTS,
        good=[("roles/secretmanager.viewer", "serviceAccount:api@p.iam.gserviceaccount.com")],
        bad=[(role, "serviceAccount:api@p.iam.gserviceaccount.com") for role in READERS],
        needs=["role"],
    ),
    *custom_role_cases(LEVEL_GRANTS, "group:team@example.org", READING),
]
