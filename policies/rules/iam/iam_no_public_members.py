"""Nothing is granted to everybody, whatever kind of resource it is."""

from collections.abc import Iterator

from policies.model import Complaint, Resource, ResourceType, rule
from policies.model.google.iam import LEVELS, grant_types, is_grant
from policies.model.google.public_members import public_member_cases, public_members

# One grant is one finding: of these the rules of their services tell.
ELSEWHERE = grant_types(
    "artifactregistry/repositoryIam",
    "billing/accountIam",
    "cloudrun/iam",
    "cloudrunv2/jobIam",
    "cloudrunv2/serviceIam",
    "cloudrunv2/workerPoolIam",
    "compute/diskIam",
    "compute/imageIam",
    "compute/machineImageIam",
    "compute/snapshotIam",
    "secretmanager/regionalSecretIam",
    "secretmanager/secretIam",
    "storage/bucketIAM",
    "storage/managedFolderIam",
)
EVERYBODY, ANY_GOOGLE_ACCOUNT = "allUsers", "allAuthenticatedUsers"
PROJECT = LEVELS["project"]


def _is_here(resource_type: ResourceType) -> bool:
    return is_grant(resource_type) and resource_type.token not in ELSEWHERE


@rule(
    severity="critical",
    on=_is_here,
    controls=["checkov:CKV_GCP_113"],
    fix="Remove the public member.",
    title="No IAM resource grants a role to allUsers",
    cases=list(public_member_cases(PROJECT, [EVERYBODY], [ANY_GOOGLE_ACCOUNT])),
    id="iam-no-public-members",
)
def iam_no_public_members(grant: Resource) -> Iterator[Complaint]:
    """The resource is open to everyone on the internet."""
    yield from public_members(grant, [EVERYBODY])


@rule(
    severity="high",
    on=_is_here,
    controls=["checkov:CKV_GCP_113"],
    fix="Use domain: or group:.",
    title="No IAM resource grants a role to allAuthenticatedUsers",
    cases=list(public_member_cases(PROJECT, [ANY_GOOGLE_ACCOUNT], [EVERYBODY])),
    id="iam-no-all-authenticated-users",
)
def iam_no_all_authenticated_users(grant: Resource) -> Iterator[Complaint]:
    """It means any Google account in the world, not your organization's."""
    yield from public_members(grant, [ANY_GOOGLE_ACCOUNT])
