"""Nobody can impersonate all service accounts of a project, folder or organization."""

from collections.abc import Iterator

from apex_guardrails.gcp.grant_types import LEVEL_GRANTS
from apex_guardrails.gcp.iam import find_powerful, read_roles
from apex_guardrails.model import Resource, Violation, rule
from apex_guardrails.rules.families.grant_cases import custom_role_cases, grant_cases

IMPERSONATION = (
    "roles/iam.serviceAccountUser",
    "roles/iam.serviceAccountTokenCreator",
    "roles/iam.serviceAccountOpenIdTokenCreator",
)
# What the roles are for (IAM documentation, "Service account permissions", 2026-11).
IMPERSONATING = (
    "iam.serviceAccounts.actAs",
    "iam.serviceAccounts.getAccessToken",
    "iam.serviceAccounts.getOpenIdToken",
    "iam.serviceAccounts.implicitDelegation",
    "iam.serviceAccounts.signBlob",
    "iam.serviceAccounts.signJwt",
)


@rule(
    severity="high",
    on=LEVEL_GRANTS,
    controls=[
        "cis-gcp-4.0:1.6",
        "checkov:CKV_GCP_41",
        "trivy:GCP-0005",
        "trivy:GCP-0009",
        "trivy:GCP-0011",
    ],
    fix="Grant it on the one account: serviceaccount.IAMMember.",
)
def iam_no_impersonation_roles(grant: Resource) -> Iterator[Violation]:
    """The holder can act as every service account below."""
    for given, what in find_powerful(
        read_roles(grant), IMPERSONATION.__contains__, IMPERSONATING.__contains__
    ):
        yield grant.fail(f"grants {what} on all service accounts at once", at=given.role_path)


CASES = [
    *grant_cases(
        LEVEL_GRANTS,
        good=[("roles/iam.serviceAccountViewer", "group:team@example.org")],
        bad=[(role, "group:team@example.org") for role in IMPERSONATION],
        needs=["role"],
    ),
    *custom_role_cases(LEVEL_GRANTS, "group:team@example.org", IMPERSONATING),
]
