"""Cloud Run jobs and worker pools have no public IAM member."""

from collections.abc import Iterator

from policies.model import Complaint, Resource, rule
from policies.model.google.public_members import public_member_cases, public_members

GRANTS = (
    "gcp:cloudrunv2/jobIamMember:JobIamMember",
    "gcp:cloudrunv2/workerPoolIamMember:WorkerPoolIamMember",
    "gcp:cloudrunv2/jobIamBinding:JobIamBinding",
    "gcp:cloudrunv2/jobIamPolicy:JobIamPolicy",
    "gcp:cloudrunv2/workerPoolIamBinding:WorkerPoolIamBinding",
    "gcp:cloudrunv2/workerPoolIamPolicy:WorkerPoolIamPolicy",
)


@rule(
    severity="high",
    on=GRANTS,
    fix="Remove the public member.",
)
def run_job_not_public(grant: Resource) -> Iterator[Complaint]:
    """Strangers can start paid work."""
    yield from public_members(grant)


CASES = list(public_member_cases(GRANTS))
