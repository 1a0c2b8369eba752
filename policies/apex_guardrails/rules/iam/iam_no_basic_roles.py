"""Nobody is granted a basic role: owner, editor, viewer, admin, writer or reader."""

from collections.abc import Iterator
from functools import partial

from apex_guardrails.gcp.grant_types import LEVEL_GRANTS, LEVELS, grant_types, is_grant
from apex_guardrails.gcp.iam import BASIC_ROLES, is_basic, read_roles
from apex_guardrails.model import Resource, ResourceType, Violation, rule
from apex_guardrails.rules.families.grant_cases import grant_cases, short_grant_cases
from apex_guardrails.rules.families.table import RuleRow, RuleTable

# What owners of the project get on each bucket: it can change the bucket's own policy.
BUCKET_OWNER = "roles/storage.legacyBucketOwner"
FIX = "Grant the narrow predefined role that the work needs, or a custom one."


def _check(grant: Resource) -> Iterator[Violation]:
    on_one = grant.type.token not in LEVEL_GRANTS
    for given in read_roles(grant):
        if is_basic(given.role) or (on_one and given.role == BUCKET_OWNER):
            yield grant.fail(f"grants the basic role {given.role}", at=given.role_path)


def _on_one_resource(resource_type: ResourceType) -> bool:
    return is_grant(resource_type) and resource_type.token not in LEVEL_GRANTS


ROWS = [
    RuleRow(
        id="iam-no-basic-roles-project",
        about=LEVELS["project"],
        severity="high",
        title="No basic role is granted at project level",
        why="Basic roles carry thousands of permissions, across all services.",
        controls=("checkov:CKV_GCP_117",),
    ),
    RuleRow(
        id="iam-no-basic-roles-folder",
        about=LEVELS["folder"],
        severity="high",
        title="No basic role is granted at folder level",
        why="Every project below inherits thousands of permissions.",
        controls=("checkov:CKV_GCP_116",),
    ),
    RuleRow(
        id="iam-no-basic-roles-organization",
        about=LEVELS["organization"],
        severity="critical",
        title="No basic role is granted at organization level",
        why="The whole organization inherits thousands of permissions.",
        controls=("checkov:CKV_GCP_115",),
    ),
]

RULES = [
    *RuleTable(
        on=tuple,
        check=lambda _types: _check,
        fix=FIX,
        cases=partial(
            grant_cases,
            good=[(role, "group:team@example.org") for role in (BUCKET_OWNER, "roles/browser")],
            bad=[(role, "group:team@example.org") for role in (*BASIC_ROLES, "roles/Owner ")],
            needs=["role"],
        ),
        own_cases=partial(
            short_grant_cases, bad=[("roles/owner", "group:team@example.org")], needs=["role"]
        ),
    ).rules(__name__, ROWS),
    rule(
        severity="medium",
        on=_on_one_resource,
        fix=FIX,
        module=__name__,
        id="iam-no-basic-roles-any",
        title="No basic role is granted on a single resource",
        why="The owner of a resource can share it with anyone, without review.",
        cases=list(
            grant_cases(
                grant_types("storage/bucketIAM"),
                bad=[(role, "group:team@example.org") for role in (*BASIC_ROLES, BUCKET_OWNER)],
                needs=["role"],
            )
        ),
    )(_check),
]
