"""No service account has a user-managed key."""

from collections.abc import Iterator

from apex_guardrails.gcp.types import SERVICEACCOUNT_ACCOUNT, SERVICEACCOUNT_KEY
from apex_guardrails.model import Stack, Violation, case, rule


@rule(
    severity="critical",
    on=SERVICEACCOUNT_KEY,
    controls=["cis-gcp-4.0:1.4", "checkov:CKV2_GCP_3"],
    fix="Use workload identity federation or impersonation.",
    scope="stack",
)
def iam_no_service_account_keys(stack: Stack) -> Iterator[Violation]:
    """A key is a password that never expires."""
    # An uploaded public key has its private half elsewhere, and is a key all the same.
    for key in stack.of_type(SERVICEACCOUNT_KEY):
        yield key.fail("is a key that does not expire")


CASES = [
    case.passes(case.resource(SERVICEACCOUNT_ACCOUNT, accountId="api")),
    case.fails(case.resource(SERVICEACCOUNT_KEY, serviceAccountId="api")),
    case.fails(case.resource(SERVICEACCOUNT_KEY, serviceAccountId="api", publicKeyData="text")),
]
