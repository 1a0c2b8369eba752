"""Cloud Run jobs and worker pools have no public IAM member."""

from collections.abc import Iterator

from policies.model import Complaint, Resource, rule
from policies.model.google.iam import grant_types
from policies.model.google.public_members import public_member_cases, public_members

GRANTS = grant_types("cloudrunv2/jobIam", "cloudrunv2/workerPoolIam")


@rule(
    severity="high",
    on=GRANTS,
    fix="Remove the public member.",
)
def run_job_not_public(grant: Resource) -> Iterator[Complaint]:
    """Strangers can start paid work."""
    yield from public_members(grant)


CASES = list(public_member_cases(GRANTS))
