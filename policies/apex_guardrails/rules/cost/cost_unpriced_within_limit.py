"""The number of resources without a full price is within its limit."""

from collections.abc import Iterator

from apex_guardrails.model import (
    ANY_TYPE,
    CostLimits,
    Costs,
    Spending,
    Stack,
    Violation,
    case,
    rule,
)


@rule(
    severity="low",
    on=ANY_TYPE,
    scope="stack",
    when=lambda stack: stack.spending.limits.max_unpriced is not None,
    fix="Give the estimate what it needs (apex cost lists it by resource), or raise "
    "cost.max_unpriced in policy-pack.yaml.",
    level="mandatory",
)
def cost_unpriced_within_limit(stack: Stack) -> Iterator[Violation]:
    """What has no price is missing from the total, so no budget limits it."""
    allowed = stack.spending.limits.max_unpriced or 0
    costs = stack.spending.costs
    if len(costs.unpriced) > allowed:
        yield stack.fail(
            f"has no full price for {len(costs.unpriced)} of its resources "
            f"({costs.unpriced_names()}); the limit is {allowed}"
        )


def _spending(count: int, allowed: int) -> Spending:
    unpriced = tuple(f"urn:pulumi:case::cases::type::{number}" for number in range(count))
    return Spending(CostLimits(max_unpriced=allowed), lambda: Costs(unpriced=unpriced))


CASES = [
    case.passes(_spending=_spending(0, 0)),
    case.fails(_spending=_spending(1, 0)),
    case.passes(_spending=_spending(4, 4)),
    case.fails(_spending=_spending(5, 4)),
    case.not_applicable(_spending=Spending(CostLimits(), lambda: Costs(unpriced=("urn",)))),
]
