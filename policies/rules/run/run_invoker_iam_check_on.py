"""The invoker IAM check is not disabled."""

from collections.abc import Iterator

from policies.model import Complaint, Resource, case, rule


@rule(
    severity="high",
    on="gcp:cloudrunv2/service:Service",
    fix="Remove invoker_iam_disabled=True.",
)
def run_invoker_iam_check_on(service: Resource) -> Iterator[Complaint]:
    """The service is public without any IAM binding to show it."""
    # Omitted: checked (Cloud Run Admin API v2, invokerIamDisabled).
    if service.get("invokerIamDisabled", omitted=False) is not False:
        yield service.fail("lets anybody call it, whatever IAM says", at="invokerIamDisabled")


CASES = [
    case.passes(invokerIamDisabled=False),
    case.passes(),
    case.fails(invokerIamDisabled=True),
    case.undecided(invokerIamDisabled=case.UNKNOWN),
]
