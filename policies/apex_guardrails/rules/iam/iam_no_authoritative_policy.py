"""The IAM policy of a project, folder or organization is not replaced as a whole."""

from collections.abc import Iterator

from apex_guardrails.gcp.grant_types import LEVEL_GRANTS
from apex_guardrails.model import Resource, Violation, case, rule


@rule(
    severity="high",
    on=LEVEL_GRANTS,
    fix="Use IAMMember, which adds to the existing grants.",
)
def iam_no_authoritative_policy(grant: Resource) -> Iterator[Violation]:
    """Every grant that it omits is removed, including those of Google's service agents."""
    if grant.type.token.endswith("Policy"):
        yield grant.fail("removes every grant that it does not list")


CASES = [
    (case.fails if token.endswith("Policy") else case.passes)(case.resource(token))
    for token in LEVEL_GRANTS
]
