"""No user-managed service account keys."""

from collections.abc import Iterator

from apex_guardrails.gcp.types import SERVICEACCOUNT_ACCOUNT, SERVICEACCOUNT_KEY
from apex_guardrails.model import Stack, Violation, case, rule


@rule(
    severity="critical",
    on=SERVICEACCOUNT_KEY,
    controls=[
        "cis-gcp-4.0:1.4",
        "cis-gcp-5.0:1.5",
        "pci-dss-4.0:3.5.1.1",
        "pci-dss-4.0:3.5.1.3",
        "pci-dss-4.0:3.6.1.3",
        "pci-dss-4.0:3.6.1.4",
        "pci-dss-4.0:3.7.2",
        "pci-dss-4.0:3.7.7",
        "pci-dss-4.0:7.2.1",
        "pci-dss-4.0:7.2.5.1",
        "pci-dss-4.0:7.3.1",
        "pci-dss-4.0:7.3.2",
        "pci-dss-4.0:7.3.3",
        "pci-dss-4.0:8.2.1",
        "pci-dss-4.0:8.2.2",
        "pci-dss-4.0:8.2.5",
        "iso-27001:A.5.15",
        "iso-27001:A.8.2",
        "soc2:CC1.3",
        "hipaa:164.308(a)(3)(i)",
        "hipaa:164.312(a)(2)(i)",
        "hipaa:164.312(d)",
        "checkov:CKV2_GCP_3",
    ],
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
