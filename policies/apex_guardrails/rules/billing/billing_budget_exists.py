"""The stack has a billing budget."""

from collections.abc import Iterator

from apex_guardrails.gcp.types import BILLING_BUDGET, ORGANIZATIONS_PROJECT
from apex_guardrails.model import Stack, Violation, case, rule


@rule(
    severity="medium",
    on=BILLING_BUDGET,
    scope="stack",
    fix="Create billing.Budget.",
    # Many organisations keep one budget for all projects, outside of any stack.
    level="disabled",
)
def billing_budget_exists(stack: Stack) -> Iterator[Violation]:
    """Without a budget, the invoice is the first sign of runaway costs."""
    if next(stack.of_type(BILLING_BUDGET), None) is None:
        yield stack.fail("has no billing.Budget, so nobody is warned about its costs")


CASES = [
    case.passes(
        billingAccount="000000-000000-000000",
        amount={"specifiedAmount": {"units": "100"}},
    ),
    # What it watches and from which amount on may be known once the project exists.
    case.passes(billingAccount=case.UNKNOWN, amount=case.UNKNOWN),
    case.fails(_outputs={}),
    case.fails(case.resource(ORGANIZATIONS_PROJECT)),
]
