"""No single resource exceeds its allowed share of the stack's cost."""

from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal

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
    when=lambda stack: stack.spending.limits.max_share is not None,
    fix="Choose a smaller size for it, or raise cost.max_share in policy-pack.yaml.",
    level="mandatory",
)
def cost_share_within_limit(stack: Stack) -> Iterator[Violation]:
    """A resource that costs far more than all others is often oversized by mistake."""
    limits, costs = stack.spending.limits, stack.spending.costs
    largest = limits.max_share or Decimal(1)
    for urn, cost in costs.resources.items():
        if cost > largest * costs.cloud:
            yield Violation(
                urn,
                f"has {_percent(cost / costs.cloud)}% of the {limits.counts} cost, "
                f"but at most {_percent(largest)}% is allowed",
            )


def _percent(share: Decimal) -> str:
    """To the tenth, so that a share that is hardly too large does not look allowed."""
    rounded = (share * 100).quantize(Decimal("0.1"), ROUND_HALF_UP)
    return f"{rounded:f}".removesuffix(".0")


def _spending(share: str, *costs: str) -> Spending:
    urns = {f"urn:pulumi:case::cases::type::{name}": Decimal(name) for name in costs}
    cloud = sum(urns.values(), Decimal(0))
    return Spending(
        CostLimits(max_share=Decimal(share)), lambda: Costs(cloud * 2, cloud, resources=urns)
    )


CASES = [
    case.passes(_spending=_spending("0.75", "75", "25")),
    case.fails(_spending=_spending("0.74", "75", "25")),
    case.fails(_spending=_spending("0.5", "25", "75")),
    case.passes(_spending=_spending("1", "75")),
    case.passes(_spending=_spending("0.1", "0")),
    case.passes(_spending=_spending("0.1")),
    case.not_applicable(_spending=Spending(CostLimits(budget=Decimal(1)), Costs)),
]
