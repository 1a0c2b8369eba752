"""The stack's monthly cost is within its budget."""

from collections.abc import Iterator
from decimal import Decimal

from apex_guardrails.model import (
    ANY_TYPE,
    CostLimits,
    Costs,
    Spending,
    Stack,
    UndecidedError,
    Violation,
    case,
    rule,
)
from apex_guardrails.model.cost import dollars


@rule(
    severity="medium",
    on=ANY_TYPE,
    scope="stack",
    when=lambda stack: stack.spending.limits.budget is not None,
    fix="Choose smaller machines or fewer instances (apex cost shows every figure), or raise "
    "cost.budget in policy-pack.yaml.",
    # A budget that somebody set is there to be kept.
    level="mandatory",
    undecided="mandatory",
)
def cost_within_budget(stack: Stack) -> Iterator[Violation]:
    """A diff does not show what a change costs, and the invoice comes too late."""
    limits, costs = stack.spending.limits, stack.spending.costs
    budget = limits.budget or Decimal(0)
    if costs.total > budget:
        yield stack.fail(
            f"the {limits.counts} cost is {dollars(costs.total - budget)} "
            f"over the budget of {dollars(budget)}; most of it: {costs.largest()}"
        )
    elif costs.unpriced:
        raise UndecidedError(
            "",
            because=f"no full price for {len(costs.unpriced)} of its resources "
            f"({costs.unpriced_names()}), which are not in the total; the rest costs "
            f"{dollars(costs.total)}, and the budget is {dollars(budget)}",
            step="Give the estimate what it needs, or a price (apex cost says what is missing)",
        )


def _spending(total: str, budget: str, *unpriced: str) -> Spending:
    costs = Costs(Decimal(total), unpriced=unpriced)
    return Spending(CostLimits(budget=Decimal(budget)), lambda: costs)


CASES = [
    case.passes(_spending=_spending("100", "100")),
    case.fails(_spending=_spending("100.01", "100")),
    case.passes(_spending=_spending("0", "0")),
    case.fails(_spending=_spending("0.01", "0")),
    case.undecided(_spending=_spending("1", "100", "urn:pulumi:case::cases::type::a")),
    case.fails(_spending=_spending("101", "100", "urn:pulumi:case::cases::type::a")),
    case.not_applicable(_spending=Spending(CostLimits(max_unpriced=0), Costs)),
]
