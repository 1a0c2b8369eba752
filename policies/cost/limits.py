"""What a stack may cost, and where it costs more."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Final, Literal

from policies.cost.amounts import Amounts
from policies.cost.model import StackCost

_CENT: Final = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Limits:
    """What a stack may cost; `None` where there is no limit.

    Attributes:
        counts: the figure of an estimate that is held against the limits.
        budget: US dollars a month, fixed lines included.
        max_increase: US dollars a month, against a base.
        max_unpriced: resources with something that has no price.
        max_share: of what Google bills, between 0 and 1, for a single resource.
    """

    counts: Literal["low", "expected", "high"] = "expected"
    budget: Decimal | None = None
    max_increase: Decimal | None = None
    max_unpriced: int | None = None
    max_share: Decimal | None = None

    def counted(self, amounts: Amounts) -> Decimal:
        """The figure that counts."""
        figure: Decimal = getattr(amounts, self.counts)
        return figure


@dataclass(frozen=True, slots=True)
class Excess:
    """One limit that is exceeded.

    Attributes:
        limit: its name in the settings.
        message: what exceeds it, and by how much.
        urn: the resource that does; "" for the stack as a whole.
    """

    limit: str
    message: str
    urn: str = ""


def excesses(cost: StackCost, limits: Limits, base: Amounts | None = None) -> Iterator[Excess]:
    """The limits that a stack exceeds.

    Args:
        cost: of the stack.
        limits: what it may cost.
        base: what it cost before; without one nothing is said of an increase.
    """
    counted = limits.counted(cost.monthly)
    if limits.budget is not None and counted > limits.budget:
        over = money(counted - limits.budget)
        yield Excess(
            "budget",
            f"the {limits.counts} cost is {over} over the budget of {money(limits.budget)}",
        )
    if limits.max_increase is not None and base is not None:
        increase = counted - limits.counted(base)
        if increase > limits.max_increase:
            yield Excess(
                "max_increase",
                f"the {limits.counts} cost rises by {money(increase)}, "
                f"and {money(limits.max_increase)} are allowed",
            )
    unpriced = len(cost.unpriced)
    if limits.max_unpriced is not None and unpriced > limits.max_unpriced:
        yield Excess(
            "max_unpriced",
            f"{unpriced} resources have something without a price, "
            f"and {limits.max_unpriced} are allowed",
        )
    if limits.max_share is not None:
        yield from _shares(cost, limits, limits.max_share)


def _shares(cost: StackCost, limits: Limits, largest: Decimal) -> Iterator[Excess]:
    whole = limits.counted(cost.cloud)
    for item in cost.estimates:
        part = limits.counted(item.monthly)
        if part > largest * whole:
            share = (part / whole * 100).quantize(Decimal(1), ROUND_HALF_UP)
            yield Excess(
                "max_share",
                f"{item.name} has {share} % of the {limits.counts} cost, "
                f"and {(largest * 100).normalize():f} % are allowed",
                item.urn,
            )


def money(amount: Decimal) -> str:
    """US dollars, to the cent."""
    return format(amount.quantize(_CENT, ROUND_HALF_UP), ",.2f")
