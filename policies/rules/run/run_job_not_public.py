"""Cloud Run jobs and worker pools have no public IAM member."""

from collections.abc import Iterator

from policies.model import Complaint, Resource, case, rule
from policies.model.google.iam import grants, is_public

PUBLIC_POLICY = '{"bindings": [{"role": "r", "members": ["allUsers"]}]}'


@rule(
    severity="high",
    on=(
        "gcp:cloudrunv2/jobIamMember:JobIamMember",
        "gcp:cloudrunv2/workerPoolIamMember:WorkerPoolIamMember",
        "gcp:cloudrunv2/jobIamBinding:JobIamBinding",
        "gcp:cloudrunv2/jobIamPolicy:JobIamPolicy",
        "gcp:cloudrunv2/workerPoolIamBinding:WorkerPoolIamBinding",
        "gcp:cloudrunv2/workerPoolIamPolicy:WorkerPoolIamPolicy",
    ),
    fix="Remove the public member.",
)
def run_job_not_public(grant: Resource) -> Iterator[Complaint]:
    """Strangers can start paid work."""
    for given in grants(grant):
        if is_public(given.member):
            yield grant.fail(f"grants {given.shown_role} to {given.member}", at=given.path)


CASES = [
    case.passes(role="roles/viewer", member="group:a@example.org"),
    case.passes(member="user:a@example.org"),
    case.passes(role="roles/viewer"),
    case.fails(role="roles/viewer", member="allUsers"),
    case.fails(role="roles/viewer", member="allAuthenticatedUsers"),
    case.fails(member="allUsers"),
    case.undecided(role="roles/viewer", member=case.UNKNOWN),
    case.passes(role=case.UNKNOWN, member="group:a@example.org"),
    case.fails(role=case.UNKNOWN, member="allUsers"),
    case.fails(
        case.resource(
            "gcp:cloudrunv2/workerPoolIamMember:WorkerPoolIamMember", role="r", member="allUsers"
        )
    ),
    case.fails(
        case.resource(
            "gcp:cloudrunv2/jobIamBinding:JobIamBinding", role="r", members=["a", "allUsers"]
        )
    ),
    case.passes(
        case.resource("gcp:cloudrunv2/jobIamBinding:JobIamBinding", role="r", members=["a"])
    ),
    case.passes(case.resource("gcp:cloudrunv2/jobIamBinding:JobIamBinding", role="r", members=[])),
    case.passes(case.resource("gcp:cloudrunv2/jobIamBinding:JobIamBinding", role="r")),
    case.undecided(
        case.resource("gcp:cloudrunv2/jobIamBinding:JobIamBinding", role="r", members=case.UNKNOWN)
    ),
    case.undecided(
        case.resource("gcp:cloudrunv2/jobIamBinding:JobIamBinding", members=[case.UNKNOWN])
    ),
    case.fails(case.resource("gcp:cloudrunv2/jobIamPolicy:JobIamPolicy", policyData=PUBLIC_POLICY)),
    case.passes(case.resource("gcp:cloudrunv2/jobIamPolicy:JobIamPolicy", policyData="{}")),
    case.passes(case.resource("gcp:cloudrunv2/jobIamPolicy:JobIamPolicy")),
    case.undecided(
        case.resource("gcp:cloudrunv2/jobIamPolicy:JobIamPolicy", policyData=case.UNKNOWN)
    ),
    case.fails(
        case.resource(
            "gcp:cloudrunv2/workerPoolIamBinding:WorkerPoolIamBinding",
            role="r",
            members=["a", "allUsers"],
        )
    ),
    case.passes(
        case.resource(
            "gcp:cloudrunv2/workerPoolIamBinding:WorkerPoolIamBinding", role="r", members=["a"]
        )
    ),
    case.passes(
        case.resource(
            "gcp:cloudrunv2/workerPoolIamBinding:WorkerPoolIamBinding", role="r", members=[]
        )
    ),
    case.passes(
        case.resource("gcp:cloudrunv2/workerPoolIamBinding:WorkerPoolIamBinding", role="r")
    ),
    case.undecided(
        case.resource(
            "gcp:cloudrunv2/workerPoolIamBinding:WorkerPoolIamBinding",
            role="r",
            members=case.UNKNOWN,
        )
    ),
    case.undecided(
        case.resource(
            "gcp:cloudrunv2/workerPoolIamBinding:WorkerPoolIamBinding", members=[case.UNKNOWN]
        )
    ),
    case.fails(
        case.resource(
            "gcp:cloudrunv2/workerPoolIamPolicy:WorkerPoolIamPolicy", policyData=PUBLIC_POLICY
        )
    ),
    case.passes(
        case.resource("gcp:cloudrunv2/workerPoolIamPolicy:WorkerPoolIamPolicy", policyData="{}")
    ),
    case.passes(case.resource("gcp:cloudrunv2/workerPoolIamPolicy:WorkerPoolIamPolicy")),
    case.undecided(
        case.resource(
            "gcp:cloudrunv2/workerPoolIamPolicy:WorkerPoolIamPolicy", policyData=case.UNKNOWN
        )
    ),
]
