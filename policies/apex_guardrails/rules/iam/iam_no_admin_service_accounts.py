"""Service accounts have no admin role and no basic role that can change things."""

import re
from collections.abc import Iterator

from apex_guardrails.gcp.custom_roles import CUSTOM_ROLES
from apex_guardrails.gcp.grant_types import LEVEL_GRANTS
from apex_guardrails.gcp.iam import find_powerful, read_grants
from apex_guardrails.model import UNKNOWN, Resource, Violation, case, rule
from apex_guardrails.rules.families.grant_cases import (
    custom_role_cases,
    grant_cases,
    partly_known_cases,
)

# `roles/compute.instanceAdmin.v1` is one, too.
ADMIN = re.compile(r"admin(\.v\d+)?$", re.IGNORECASE)
# Of the basic roles, those that can change things.
WRITERS = ("roles/owner", "roles/editor", "roles/writer")


def _administers(permission: str) -> bool:
    """Whether a permission lets its holder give itself all others."""
    return permission.endswith(".setIamPolicy")


def _is_admin(role: str) -> bool:
    return role in WRITERS or bool(ADMIN.search(role))


@rule(
    severity="high",
    on=LEVEL_GRANTS,
    controls=["cis-gcp-4.0:1.5", "checkov:CKV_GCP_42", "trivy:GCP-0007"],
    fix="Grant only the narrow roles that the workload needs.",
)
def iam_no_admin_service_accounts(grant: Resource) -> Iterator[Violation]:
    """A leaked key or a bug can then take over the project."""
    # Whom it goes to comes first: what a group may do is no matter here.
    accounts = [
        given for given in read_grants(grant) if given.is_of_kind("serviceAccount") is not False
    ]
    for given, what in find_powerful(accounts, _is_admin, _administers):
        if given.kind:
            yield grant.fail(f"grants {what} to a service account", at=given.path)


CASES = [
    *grant_cases(
        LEVEL_GRANTS,
        good=[
            ("roles/owner", "group:team@example.org"),
            ("roles/cloudsql.admin", "group:team@example.org"),
            ("roles/reader", "serviceAccount:api@p.iam.gserviceaccount.com"),
            ("roles/iam.administratorNot", "serviceAccount:api@p.iam.gserviceaccount.com"),
        ],
        bad=[
            (role, "serviceAccount:api@p.iam.gserviceaccount.com")
            for role in (
                "roles/owner",
                "roles/editor",
                "roles/admin",
                "roles/writer",
                "roles/compute.instanceAdmin.v1",
                "roles/cloudsql.admin",
                "roles/resourcemanager.projectIamAdmin",
            )
        ],
        needs=["role", "member"],
    ),
    *custom_role_cases(
        LEVEL_GRANTS,
        "serviceAccount:api@p.iam.gserviceaccount.com",
        ["resourcemanager.projects.setIamPolicy", "pubsub.topics.setIamPolicy"],
    ),
    *partly_known_cases(
        LEVEL_GRANTS[0],
        passes=[("group:", UNKNOWN)],
        fails=[("serviceAccount:", UNKNOWN), ("serviceAccount:a@", UNKNOWN)],
        undecided=[(UNKNOWN, "@p.iam.gserviceaccount.com")],
        role="roles/owner",
    ),
    # A name says nothing where the permissions are there.
    case.passes(
        case.resource(
            LEVEL_GRANTS[0],
            role="projects/p/roles/appAdmin",
            member="serviceAccount:api@p.iam.gserviceaccount.com",
        ),
        case.resource(
            CUSTOM_ROLES[0], roleId="appAdmin", project="p", permissions=["run.services.get"]
        ),
    ),
    # Whom it goes to comes first.
    case.passes(
        case.resource(LEVEL_GRANTS[0], role=case.output_of("role"), member="group:a@example.org"),
        case.resource(CUSTOM_ROLES[0], "role", permissions=case.UNKNOWN),
    ),
]
