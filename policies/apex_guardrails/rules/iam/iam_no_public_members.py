"""Nothing is granted to everybody, whatever kind of resource it is."""

from collections.abc import Iterator

from apex_guardrails.gcp.everybody import ALL_AUTHENTICATED_USERS, ALL_USERS
from apex_guardrails.gcp.grant_types import is_grant
from apex_guardrails.model import Resource, ResourceType, Violation, rule
from apex_guardrails.rules.families.exposure import EVERYTHING, EXPOSURES
from apex_guardrails.rules.families.public_members import (
    public_member_cases,
    public_members,
)

GRANTS = EXPOSURES[EVERYTHING]
# One grant is one finding: of these the other rules of the table tell.
ELSEWHERE = frozenset(
    token for name, types in EXPOSURES.items() if name != EVERYTHING for token in types
)
CONTROLS = ["checkov:CKV_GCP_113"]


def _is_here(resource_type: ResourceType) -> bool:
    """Whether it grants on what holds everything else, or on what the table does not know."""
    return is_grant(resource_type) and resource_type.token not in ELSEWHERE


@rule(
    severity="critical",
    on=_is_here,
    controls=CONTROLS,
    fix="Remove the public member.",
    title="No IAM resource grants a role to allUsers",
    cases=list(public_member_cases(GRANTS, [ALL_USERS], [ALL_AUTHENTICATED_USERS])),
    id=EVERYTHING,
)
def iam_no_public_members(grant: Resource) -> Iterator[Violation]:
    """The resource is open to everyone on the internet."""
    yield from public_members(grant, [ALL_USERS])


@rule(
    severity="high",
    on=_is_here,
    controls=CONTROLS,
    fix="Grant the role to a group (group:...) or a domain (domain:...).",
    title="No IAM resource grants a role to allAuthenticatedUsers",
    cases=list(public_member_cases(GRANTS, [ALL_AUTHENTICATED_USERS], [ALL_USERS])),
    id="iam-no-all-authenticated-users",
)
def iam_no_all_authenticated_users(grant: Resource) -> Iterator[Violation]:
    """It means any Google account in the world, not just your organization's."""
    yield from public_members(grant, [ALL_AUTHENTICATED_USERS])
