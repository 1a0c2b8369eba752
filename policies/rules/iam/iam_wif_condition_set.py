"""Workload identity providers have an attribute condition."""

from collections.abc import Iterator

from policies.model import Complaint, Resource, case, rule


@rule(
    severity="high",
    on="gcp:iam/workloadIdentityPoolProvider:WorkloadIdentityPoolProvider",
    controls=["checkov:CKV_GCP_118", "trivy:GCP-0068"],
    fix="Set attribute_condition.",
)
def iam_wif_condition_set(provider: Resource) -> Iterator[Complaint]:
    """Every user of the outside issuer can ask for a token."""
    # Omitted: every identity of the issuer may enter the pool.
    if not provider.is_set("attributeCondition"):
        yield provider.fail("admits every identity of its issuer", at="attributeCondition")


CASES = [
    case.passes(attributeCondition="assertion.repository_owner_id == '1'"),
    case.passes(attributeCondition=case.UNKNOWN),
    case.fails(attributeCondition=""),
    case.fails(),
]
