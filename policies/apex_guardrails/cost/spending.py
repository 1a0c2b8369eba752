"""From an estimate and limits to what rules judge."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from operator import attrgetter

from apex_guardrails.cost.amounts import Amounts
from apex_guardrails.cost.model import StackCost
from apex_guardrails.model.cost import CostLimits, Costs, Spending


def make_spending(
    estimated: Callable[[], StackCost],
    limits: CostLimits,
    base: Amounts | None = None,
    base_unpriced: Iterable[str] = (),
) -> Spending:
    """What a stack costs and may cost, for `Stack.spending`.

    Args:
        estimated: the estimate; it is asked for once, and only where a rule needs it.
        limits: what the stack may cost.
        base: what it cost before.
        base_unpriced: URNs of the resources of which something had no price then.
    """
    counted = attrgetter(limits.counts)

    def costs() -> Costs:
        cost = estimated()
        return Costs(
            counted(cost.monthly),
            counted(cost.cloud),
            {item.urn: counted(item.monthly) for item in cost.estimates},
            tuple(item.urn for item in cost.unpriced),
        )

    before = None if base is None else counted(base)
    return Spending(limits, costs, before, frozenset(base_unpriced))
