"""What a stack costs by its settings: the one way from `policy-pack.yaml` to an estimate."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from apex_guardrails.cost import StackCost, Usage, estimate, make_spending, packaged_prices
from apex_guardrails.cost.currency import Currency
from apex_guardrails.cost.model import Saving
from apex_guardrails.cost.next_to_nothing import Counted, next_to_nothing
from apex_guardrails.model import Stack
from apex_guardrails.model.cost import dollars
from apex_guardrails.settings.policy_pack import PolicyPackSettings, cost_for
from apex_guardrails.support.errors import UsageError
from apex_guardrails.support.paths import leads_into

if TYPE_CHECKING:
    from apex_guardrails.cost.document import CostDocument


class Costing:
    """A stack's assumptions, limits, prices and base, read before anything is judged.

    Attributes:
        section: what the settings say of the stack's cost.
        base: what the stack cost before; `None` where there is nothing to compare with.
    """

    def __init__(self, settings: PolicyPackSettings, stack: str, base: Path | None = None) -> None:
        """Reads the files.

        Args:
            settings: all of them.
            stack: the stack's name.
            base: the file with what the stack cost before, see `base_file`.

        Raises:
            UsageError: a file is missing or not valid.
        """
        self.section = cost_for(settings, stack)
        self.base: CostDocument | None = None
        if base is not None:
            # Made of many models, which the pack's every start would wait for.
            from apex_guardrails.cost.document import read_document

            self.base = read_document(base)
        self._prices = self.section.prices.book(settings.folder)

    def of(self, stack: Stack) -> Callable[[], StackCost]:
        """Gives the rules about cost what they judge.

        Returns:
            The estimate, made once: when a rule or a report asks for it, and the stack is whole.
        """
        section = self.section
        estimated = cache(lambda: self._estimate(stack))
        base = self.base
        stack.spending = make_spending(
            estimated,
            section.limits,
            None if base is None else base.monthly.amounts,
            () if base is None else (item.urn for item in base.resources if item.unpriced),
        )
        return estimated

    def compare(self, stack: Stack, cost: StackCost) -> list[str]:
        """What to say of the base: how much the estimate differs from it, and of what it is."""
        base = self.base
        if base is None:
            return []
        added = cost.monthly.expected - base.monthly.expected
        whose = f"stack {base.stack} of {base.project}"
        is_other = (base.stack, base.project) != (stack.name, stack.project)
        return [
            f"the cost is {dollars(added, signed=True)} USD a month against the base, {whose}",
            *([f"the base of the cost is another stack's: {whose}"] if is_other else []),
        ]

    def _estimate(self, stack: Stack) -> StackCost:
        """What a stack costs, with what the settings price at next to nothing."""
        section = self.section
        cost = estimate(stack, self._prices, section.usage, section.fixed_lines)
        is_own = bool(section.usage.given()) or section.prices.path is not None
        by_default = estimate(stack, packaged_prices(), Usage()) if is_own else cost
        counted = Counted(stack, self._prices, section.counts, cost, by_default)
        currency = section.currency
        return replace(
            cost,
            assumes=tuple(next_to_nothing(counted)),
            savings=self._savings(stack, cost),
            currency=Currency(currency.code, currency.rate) if currency else None,
        )

    def _savings(self, stack: Stack, cost: StackCost) -> tuple[Saving, ...]:
        section = self.section
        if not section.savings:
            return ()
        # Advice that most stacks do not ask for, and the pack's start does not wait for.
        from apex_guardrails.cost.savings import find_savings

        return find_savings(stack, cost.estimates, self._prices, section.usage, section.needs)


def base_file(settings: PolicyPackSettings, stack: str) -> Path | None:
    """The file that the settings name as a stack's `cost.base`.

    Raises:
        UsageError: it is a link to somewhere else.
    """
    base = cost_for(settings, stack).base
    if base is None:
        return None
    file = settings.folder / base
    if not leads_into(file, settings.folder):
        raise UsageError(f"{file}: is outside the project; cost.base must be a file in it")
    return file
