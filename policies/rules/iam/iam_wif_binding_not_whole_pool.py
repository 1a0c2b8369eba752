"""Workload identity users are bound to an attribute or subject, not the whole pool."""

import re
from collections.abc import Iterator

from policies.model import Complaint, Resource, case, rule
from policies.model.google.iam import grants

WHOLE_POOL = re.compile(r"^principalSet://.*/workloadIdentityPools/[^/]+/\*$")


@rule(
    severity="high",
    on=(
        "gcp:serviceaccount/iAMMember:IAMMember",
        "gcp:serviceaccount/iAMBinding:IAMBinding",
        "gcp:projects/iAMMember:IAMMember",
        "gcp:projects/iAMBinding:IAMBinding",
    ),
    fix="Use principalSet://.../attribute.repository/org/repo.",
)
def iam_wif_binding_not_whole_pool(grant: Resource) -> Iterator[Complaint]:
    """Every identity of the pool can act as the account."""
    for given in grants(grant):
        if WHOLE_POOL.search(given.member):
            yield grant.fail("lets every identity of a workload identity pool in", at=given.path)


CASES = [
    case.passes(
        role="roles/iam.workloadIdentityUser",
        member="principalSet://iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/ci/attribute.repository/org/repo",
    ),
    case.passes(
        role="roles/iam.workloadIdentityUser", member="serviceAccount:api@p.iam.gserviceaccount.com"
    ),
    case.fails(
        role="roles/iam.workloadIdentityUser",
        member="principalSet://iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/ci/*",
    ),
    case.fails(
        role="roles/run.viewer",
        member="principalSet://iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/ci/*",
    ),
    case.fails(
        case.resource(
            "gcp:serviceaccount/iAMBinding:IAMBinding",
            role="roles/iam.workloadIdentityUser",
            members=[
                "principalSet://iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/ci/attribute.repository/org/repo",
                "principalSet://iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/ci/*",
            ],
        )
    ),
    case.passes(
        case.resource(
            "gcp:serviceaccount/iAMBinding:IAMBinding",
            role="roles/iam.workloadIdentityUser",
            members=[
                "principalSet://iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/ci/attribute.repository/org/repo"
            ],
        )
    ),
    case.passes(
        case.resource(
            "gcp:serviceaccount/iAMBinding:IAMBinding",
            role="roles/iam.workloadIdentityUser",
            members=[],
        )
    ),
    case.passes(
        case.resource(
            "gcp:serviceaccount/iAMBinding:IAMBinding", role="roles/iam.workloadIdentityUser"
        )
    ),
    case.passes(role="roles/run.viewer"),
    case.passes(
        role=case.UNKNOWN,
        member="principalSet://iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/ci/attribute.repository/org/repo",
    ),
    case.undecided(role="roles/iam.workloadIdentityUser", member=case.UNKNOWN),
    case.undecided(
        case.resource(
            "gcp:serviceaccount/iAMBinding:IAMBinding",
            role="roles/iam.workloadIdentityUser",
            members=case.UNKNOWN,
        )
    ),
    case.passes(
        member="principalSet://iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/ci/attribute.repository/org/repo"
    ),
    case.fails(
        case.resource(
            "gcp:projects/iAMMember:IAMMember",
            role="roles/iam.workloadIdentityUser",
            member="principalSet://iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/ci/*",
        )
    ),
    case.fails(
        case.resource(
            "gcp:serviceaccount/iAMBinding:IAMBinding",
            role="roles/iam.workloadIdentityUser",
            members=[
                "principalSet://iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/ci/*"
            ],
        )
    ),
]
