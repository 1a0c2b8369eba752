"""The stack's monthly cost is within its budget."""

from collections.abc import Iterator
from decimal import Decimal

from policies.model import ANY_TYPE, Complaint, CostLimits, Costs, Spending, Stack, case, rule
from policies.model.cost import dollars


@rule(
    severity="medium",
    on=ANY_TYPE,
    scope="stack",
    when=lambda stack: stack.spending.limits.budget is not None,
    fix="Choose smaller machines or fewer instances (apex cost shows all of it), or raise "
    "cost.budget in policy-pack.yaml.",
    # A budget that somebody set is there to be kept.
    level="mandatory",
)
def cost_within_budget(stack: Stack) -> Iterator[Complaint]:
    """What a change costs is not seen in its diff, and comes to light with the invoice."""
    limits, costs = stack.spending.limits, stack.spending.costs
    budget = limits.budget or Decimal(0)
    if costs.total > budget:
        yield stack.fail(
            f"the {limits.counts} cost is {dollars(costs.total - budget)} "
            f"over the budget of {dollars(budget)}; most of it: {costs.largest()}"
        )


def _spending(total: str, budget: str) -> Spending:
    return Spending(CostLimits(budget=Decimal(budget)), lambda: Costs(Decimal(total)))


CASES = [
    case.passes(_spending=_spending("100", "100")),
    case.fails(_spending=_spending("100.01", "100")),
    case.passes(_spending=_spending("0", "0")),
    case.fails(_spending=_spending("0.01", "0")),
    case.not_applicable(_spending=Spending(CostLimits(max_unpriced=0), Costs)),
]
