"""Nobody can manage or impersonate all service accounts of a project, folder or organization."""

from collections.abc import Iterator
from functools import partial

from policies.model import Complaint, Resource
from policies.model.google.grant_cases import grant_cases
from policies.model.google.iam import roles
from policies.model.google.levels import Level, level_rules

# From Checkov's list (AbsGoogleImpersonationRoles, 2026-11), without owner and editor, of which
# iam-no-basic-roles tells; without those of Dataproc and Dataflow, which since 2021 need the right
# to act as the account as well; and without service agents' roles, which Google's own agents need.
IMPERSONATION = (
    "roles/iam.securityAdmin",
    "roles/iam.serviceAccountAdmin",
    "roles/iam.serviceAccountKeyAdmin",
    "roles/iam.serviceAccountUser",
    "roles/iam.serviceAccountTokenCreator",
    "roles/iam.serviceAccountOpenIdTokenCreator",
    "roles/iam.workloadIdentityUser",
    "roles/resourcemanager.folderAdmin",
    "roles/resourcemanager.folderIamAdmin",
    "roles/resourcemanager.organizationAdmin",
    "roles/resourcemanager.projectIamAdmin",
)


def _check(grant: Resource) -> Iterator[Complaint]:
    for given in roles(grant):
        if given.role in IMPERSONATION:
            yield grant.fail(
                f"grants {given.role} on all service accounts at once", at=given.role_path
            )


CIS = (
    "cis-gcp-4.0:1.6",
    "cis-gcp-5.0:1.7",
    "pci-dss-4.0:1.5.1",
    "pci-dss-4.0:7.2.1",
    "pci-dss-4.0:7.2.2",
    "pci-dss-4.0:7.2.5",
    "pci-dss-4.0:7.3.1",
    "pci-dss-4.0:7.3.2",
    "pci-dss-4.0:7.3.3",
    "pci-dss-4.0:8.2.2",
    "pci-dss-4.0:8.2.7",
    "pci-dss-4.0:8.2.8",
    "pci-dss-4.0:8.3.4",
    "iso-27001:A.5.3",
    "iso-27001:A.5.15",
    "iso-27001:A.8.2",
    "soc2:CC1.3",
    "hipaa:164.308(a)(1)(ii)(B)",
    "hipaa:164.308(a)(3)(i)",
    "hipaa:164.308(a)(4)(i)",
    "hipaa:164.312(a)(1)",
)

RULES = level_rules(
    __name__,
    _check,
    [
        Level(
            name="project",
            severity="high",
            why="The holder can act as every service account of the project.",
            controls=(*CIS, "checkov:CKV_GCP_41", "checkov:CKV_GCP_49", "trivy:GCP-0011"),
        ),
        Level(
            name="folder",
            severity="high",
            why="The holder can act as every service account of all projects below.",
            controls=(*CIS, "checkov:CKV_GCP_44", "trivy:GCP-0005"),
        ),
        Level(
            name="organization",
            severity="critical",
            why="The holder can act as every service account of the organization.",
            controls=(*CIS, "checkov:CKV_GCP_45", "trivy:GCP-0009"),
        ),
    ],
    title="No role that can manage or impersonate all service accounts",
    fix="Grant it on the one account: serviceaccount.IAMMember.",
    cases=partial(
        grant_cases,
        good=[("roles/iam.serviceAccountViewer", "group:team@example.org")],
        bad=[(role, "group:team@example.org") for role in IMPERSONATION],
        needs=["role"],
    ),
)
