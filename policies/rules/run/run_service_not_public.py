"""Cloud Run services are not invokable by everyone unless declared public."""

from collections.abc import Iterator

from policies.model import Complaint, Resource, rule
from policies.model.google.iam import grant_types
from policies.model.google.public_members import public_member_cases, public_members

GRANTS = grant_types("cloudrunv2/serviceIam", "cloudrun/iam")


@rule(
    severity="high",
    on=GRANTS,
    controls=["checkov:CKV_GCP_102"],
    fix="Grant roles/run.invoker to a named service account.",
)
def run_service_not_public(grant: Resource) -> Iterator[Complaint]:
    """Anyone on the internet can call an internal service."""
    yield from public_members(grant)


CASES = list(public_member_cases(GRANTS))
