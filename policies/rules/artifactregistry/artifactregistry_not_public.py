"""Artifact Registry IAM has no public member."""

from collections.abc import Iterator

from policies.model import Complaint, Resource, rule
from policies.model.google.iam import grant_types
from policies.model.google.public_members import public_member_cases, public_members

GRANTS = grant_types("artifactregistry/repositoryIam")


@rule(
    severity="high",
    on=GRANTS,
    controls=["checkov:CKV_GCP_101"],
    fix="Remove the public member.",
)
def artifactregistry_not_public(grant: Resource) -> Iterator[Complaint]:
    """Private images can be pulled."""
    yield from public_members(grant)


CASES = list(public_member_cases(GRANTS))
