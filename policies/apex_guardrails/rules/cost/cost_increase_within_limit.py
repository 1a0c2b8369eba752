"""A change raises the monthly cost by no more than is allowed."""

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


def _can_be_compared(stack: Stack) -> bool:
    return stack.spending.limits.max_increase is not None and stack.spending.base is not None


@rule(
    severity="medium",
    on=ANY_TYPE,
    scope="stack",
    when=_can_be_compared,
    fix="Split the change, choose smaller machines, or raise cost.max_increase in "
    "policy-pack.yaml; apex cost --against shows what differs.",
    level="mandatory",
    undecided="mandatory",
)
def cost_increase_within_limit(stack: Stack) -> Iterator[Violation]:
    """A large cost increase should be a decision, not a side effect."""
    limits = stack.spending.limits
    allowed = limits.max_increase or Decimal(0)
    increase = stack.spending.costs.total - (stack.spending.base or Decimal(0))
    if increase > allowed:
        yield stack.fail(
            f"the {limits.counts} cost rises by {dollars(increase)}, "
            f"but only {dollars(allowed)} is allowed"
        )
        return
    known = stack.spending.base_unpriced
    new = [urn for urn in stack.spending.costs.unpriced if urn not in known]
    if new:
        raise UndecidedError(
            "",
            because=f"no full price for {len(new)} of its resources "
            f"({stack.spending.costs.unpriced_names(known)}), which the base does not have without "
            f"one; the rest rises by {dollars(increase)}",
            step="Give the estimate what it needs, or a price (apex cost says what is missing)",
        )


def _spending(
    total: str, base: str | None, increase: str | None = "10", unpriced: str = "", before: str = ""
) -> Spending:
    return Spending(
        CostLimits(max_increase=None if increase is None else Decimal(increase)),
        lambda: Costs(Decimal(total), unpriced=tuple(unpriced)),
        None if base is None else Decimal(base),
        frozenset(before),
    )


CASES = [
    case.passes(_spending=_spending("110", "100")),
    case.fails(_spending=_spending("110.01", "100")),
    case.passes(_spending=_spending("50", "100", "0")),
    case.fails(_spending=_spending("100.01", "100", "0")),
    case.passes(_spending=_spending("0", "0", "0")),
    case.fails(_spending=_spending("11", "0")),
    case.undecided(_spending=_spending("100", "100", unpriced="a")),
    case.undecided(_spending=_spending("100", "100", unpriced="ab", before="a")),
    case.passes(_spending=_spending("100", "100", unpriced="ab", before="bca")),
    case.fails(_spending=_spending("111", "100", unpriced="a")),
    case.not_applicable(_spending=_spending("110.01", None)),
    case.not_applicable(_spending=_spending("110.01", "100", None)),
]
