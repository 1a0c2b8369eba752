"""Billing account IAM has no public or user member with billing.admin."""

from collections.abc import Iterator

from policies.model import Complaint, Resource, rule
from policies.model.google.iam import grant_types
from policies.model.google.public_members import public_member_cases, public_members

GRANTS = grant_types("billing/accountIam")


@rule(
    severity="high",
    on=GRANTS,
    fix="Use a group.",
)
def billing_iam_no_public(grant: Resource) -> Iterator[Complaint]:
    """Strangers can move projects."""
    yield from public_members(grant)


CASES = list(public_member_cases(GRANTS))
