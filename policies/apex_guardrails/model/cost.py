"""What a stack costs in a month, and what it may cost, as rules see it; in US dollars."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal, localcontext
from functools import cached_property
from typing import Final, Literal

from apex_guardrails.model.phrases import listed
from apex_guardrails.model.resource_type import name_of

_MOST_NAMED: Final = 3


@dataclass(frozen=True, slots=True)
class CostLimits:
    """What a stack may cost; `None` where there is no limit.

    Attributes:
        counts: the figure of an estimate that is held against the limits.
        budget: a month, fixed lines included.
        max_increase: a month, against a base.
        max_unpriced: resources with something that has no price.
        max_share: of what Google bills, between 0 and 1, for a single resource.
        machine_types: patterns of the machine types and database tiers that may be used.
    """

    counts: Literal["low", "expected", "high"] = "expected"
    budget: Decimal | None = None
    max_increase: Decimal | None = None
    max_unpriced: int | None = None
    max_share: Decimal | None = None
    machine_types: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Costs:
    """What a stack costs in a month, by the figure that counts.

    Attributes:
        total: all of it, what is paid elsewhere too.
        cloud: what Google bills.
        resources: what each resource costs, by URN; under the stack's own, what belongs to none.
        unpriced: URNs of the resources with something that has no price.
    """

    total: Decimal = Decimal(0)
    cloud: Decimal = Decimal(0)
    resources: Mapping[str, Decimal] = field(default_factory=dict)
    unpriced: tuple[str, ...] = ()

    def largest(self) -> str:
        """What costs most, as that is where there is most to save; "" where nothing costs."""
        by_cost = sorted(self.resources.items(), key=lambda item: (-item[1], item[0]))
        items = [f"{name_of(urn)} {dollars(cost)}" for urn, cost in by_cost if cost > 0]
        return listed(items, _MOST_NAMED)

    def unpriced_names(self, but: Collection[str] = ()) -> str:
        """The first few resources with something that has no price, and how many more there are.

        Args:
            but: URNs of those that are left out.
        """
        return listed([name_of(urn) for urn in self.unpriced if urn not in but], _MOST_NAMED)


@dataclass
class Spending:
    """A stack's limits, and its costs, which are estimated when a rule asks for them.

    Attributes:
        limits: what the stack may cost.
        estimate: what it costs.
        base: what it cost before, a month; `None` where there is nothing to compare with.
        base_unpriced: URNs of the resources of which something had no price then, either.
    """

    limits: CostLimits = CostLimits()
    estimate: Callable[[], Costs] = Costs
    base: Decimal | None = None
    base_unpriced: frozenset[str] = frozenset()

    @cached_property
    def costs(self) -> Costs:
        """What the stack costs."""
        return self.estimate()


def dollars(amount: Decimal, *, signed: bool = False) -> str:
    """US dollars as all that people read shows them: to the cent; half a cent counts as one.

    What is nothing by then has no minus.
    """
    with localcontext(rounding=ROUND_HALF_UP):
        return format(amount, "+z,.2f" if signed else "z,.2f")
