"""Workload identity providers have an attribute condition."""

from collections.abc import Iterator

from apex_guardrails.gcp.federation import is_shared
from apex_guardrails.gcp.types import IAM_WORKLOAD_IDENTITY_POOL_PROVIDER
from apex_guardrails.model import Resource, Violation, case, rule


@rule(
    severity="high",
    on=IAM_WORKLOAD_IDENTITY_POOL_PROVIDER,
    controls=["checkov:CKV_GCP_118", "trivy:GCP-0068"],
    # Whom a shared issuer must be asked for is iam-wif-github-restricted's matter, or GitLab's.
    when=lambda provider: not is_shared(provider.peek("oidc.issuerUri")),
    fix="Set attribute_condition.",
)
def iam_wif_condition_set(provider: Resource) -> Iterator[Violation]:
    """Every user of the external issuer can get a token."""
    # Omitted: every identity of the issuer may enter the pool.
    if not provider.is_set("attributeCondition"):
        yield provider.fail("accepts every identity of its issuer", at="attributeCondition")


CASES = [
    case.passes(attributeCondition="assertion.repository_owner_id == '1'"),
    case.passes(attributeCondition=case.UNKNOWN),
    case.not_applicable(oidc={"issuerUri": "https://gitlab.com"}),
    case.not_applicable(oidc={"issuerUri": "https://token.actions.githubusercontent.com/"}),
    case.fails(oidc={"issuerUri": "https://issuer.example.org"}),
    case.fails(oidc={"issuerUri": case.UNKNOWN}),
    case.fails(attributeCondition=""),
    case.fails(),
]
