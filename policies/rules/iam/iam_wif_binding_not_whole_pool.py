"""Workload identity users are bound to an attribute or subject, not the whole pool."""

import re
from collections.abc import Iterator

from policies.model import Complaint, Resource, rule
from policies.model.google.grant_cases import grant_cases
from policies.model.google.iam import grant_types, grants

GRANTS = grant_types("serviceaccount/iAM", "projects/iAM")
WHOLE_POOL = re.compile(r"^principalSet://.*/workloadIdentityPools/[^/]+/\*$")


@rule(
    severity="high",
    on=GRANTS,
    fix="Use principalSet://.../attribute.repository/org/repo.",
)
def iam_wif_binding_not_whole_pool(grant: Resource) -> Iterator[Complaint]:
    """Every identity of the pool can act as the account."""
    for given in grants(grant):
        if WHOLE_POOL.search(given.member):
            yield grant.fail("lets every identity of a workload identity pool in", at=given.path)


POOL = "principalSet://iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/ci"
CASES = list(
    grant_cases(
        GRANTS,
        good=[
            ("roles/iam.workloadIdentityUser", f"{POOL}/attribute.repository/org/repo"),
            ("roles/iam.workloadIdentityUser", f"{POOL}/attribute.repository/*"),
            ("roles/iam.workloadIdentityUser", "serviceAccount:api@p.iam.gserviceaccount.com"),
        ],
        bad=[("roles/iam.workloadIdentityUser", f"{POOL}/*"), ("roles/run.viewer", f"{POOL}/*")],
        needs=["member"],
    )
)
