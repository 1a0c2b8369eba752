"""Nobody can give themselves any service account of a project, folder or organization."""

from collections.abc import Iterable, Iterator
from functools import partial

from apex_guardrails.gcp.grant_types import LEVELS
from apex_guardrails.gcp.iam import find_powerful, read_roles
from apex_guardrails.model import Resource, Violation
from apex_guardrails.model.case import Case
from apex_guardrails.rules.families.grant_cases import (
    custom_role_cases,
    grant_cases,
    short_grant_cases,
)
from apex_guardrails.rules.families.table import RuleRow, RuleTable

# From Checkov's list (AbsGoogleImpersonationRoles, 2026-11), without owner and editor, of which
# iam-no-basic-roles tells, and the roles whose purpose is impersonation, of which
# iam-no-impersonation-roles does; without those of Dataproc and Dataflow, which since 2021 need the
# right to act as the account as well, and service agents' roles, which Google's own agents need.
ADMINISTRATION = (
    "roles/iam.securityAdmin",
    "roles/iam.serviceAccountAdmin",
    "roles/iam.serviceAccountKeyAdmin",
    "roles/iam.workloadIdentityUser",
    "roles/resourcemanager.folderAdmin",
    "roles/resourcemanager.folderIamAdmin",
    "roles/resourcemanager.organizationAdmin",
    "roles/resourcemanager.projectIamAdmin",
)
# By a key, a role on it, or more in a role that it has, the holder comes to act as any account.
ADMINISTERING = (
    "iam.roles.update",
    "iam.serviceAccountKeys.create",
    "iam.serviceAccounts.setIamPolicy",
    "resourcemanager.folders.setIamPolicy",
    "resourcemanager.organizations.setIamPolicy",
    "resourcemanager.projects.setIamPolicy",
)


def _check(grant: Resource) -> Iterator[Violation]:
    for given, what in find_powerful(
        read_roles(grant), ADMINISTRATION.__contains__, ADMINISTERING.__contains__
    ):
        yield grant.fail(f"grants {what} on all service accounts at once", at=given.role_path)


TEAM = "group:team@example.org"
BAD = [(role, TEAM) for role in ADMINISTRATION]


def _cases(types: Iterable[str]) -> Iterator[Case]:
    good = [("roles/iam.serviceAccountViewer", TEAM)]
    yield from grant_cases(types, good=good, bad=BAD, needs=["role"])
    yield from custom_role_cases(types, TEAM, ADMINISTERING)


TITLE = "No role is granted that can manage or impersonate all service accounts"
ROWS = [
    RuleRow(
        id="iam-no-impersonation-admin-roles-project",
        about=LEVELS["project"],
        severity="high",
        title=f"{TITLE} at project level",
        why="The holder can gain control of every service account of the project.",
        controls=("checkov:CKV_GCP_49", "trivy:GCP-0011"),
    ),
    RuleRow(
        id="iam-no-impersonation-admin-roles-folder",
        about=LEVELS["folder"],
        severity="high",
        title=f"{TITLE} at folder level",
        why="The holder can gain control of every service account of all projects below.",
        controls=("checkov:CKV_GCP_44", "trivy:GCP-0005"),
    ),
    RuleRow(
        id="iam-no-impersonation-admin-roles-organization",
        about=LEVELS["organization"],
        severity="critical",
        title=f"{TITLE} at organization level",
        why="The holder can gain control of every service account of the organization.",
        controls=("checkov:CKV_GCP_45", "trivy:GCP-0009"),
    ),
]

RULES = RuleTable(
    on=tuple,
    check=lambda _types: _check,
    fix="Grant it on the one account: serviceaccount.IAMMember.",
    cases=_cases,
    own_cases=partial(short_grant_cases, bad=BAD, needs=["role"]),
).rules(__name__, ROWS)
