"""What an estimate consists of: priced components, and what is said where there is no price."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property

from apex_guardrails.cost.amounts import ZERO, Amounts
from apex_guardrails.cost.currency import Currency
from apex_guardrails.cost.prices import Price
from apex_guardrails.cost.usage import Usage
from apex_guardrails.model import name_of


class Status(enum.StrEnum):
    """What is known of a resource's cost."""

    PRICED = "priced"
    PARTLY = "partly priced"
    UNPRICED = "unpriced"
    FREE = "free"


@dataclass(frozen=True, slots=True)
class Component:
    """One thing that Google bills, and how much of it.

    Attributes:
        name: for people, such as `vCPU`.
        key: the price's key in the price file.
        region: where it is billed.
        quantity: units in a month.
        price: what a unit costs.
        free: units that a free tier covers.
    """

    name: str
    key: str
    region: str
    quantity: Amounts
    price: Price
    free: Amounts = ZERO

    @property
    def unit(self) -> str:
        """What is counted."""
        return self.price.unit

    @property
    def monthly(self) -> Amounts:
        """US dollars a month."""
        return self.price.costs(self.quantity - self.free)


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a resource costs.

    Attributes:
        urn: the resource; for what the stack as a whole is billed for, the stack.
        token: its type.
        parent: the URN of the component that it belongs to.
        components: what is priced.
        unpriced: why something, or all of it, has no price.
    """

    urn: str
    token: str
    parent: str = ""
    components: tuple[Component, ...] = ()
    unpriced: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The resource's own name."""
        return name_of(self.urn)

    @property
    def status(self) -> Status:
        """What is known of its cost."""
        if self.unpriced:
            return Status.PARTLY if self.components else Status.UNPRICED
        return Status.PRICED if self.components else Status.FREE

    @property
    def monthly(self) -> Amounts:
        """US dollars a month for what is priced: the least, the expected and the most.

        More use may cost a little less, where a free tier covers what takes the place of idle time.
        """
        cases = sum_amounts(component.monthly for component in self.components)
        figures = (cases.low, cases.expected, cases.high)
        return Amounts(min(figures), cases.expected, max(figures))


@dataclass(frozen=True, slots=True)
class Saving:
    """How something could cost less.

    Attributes:
        urn: the resource.
        advice: what to do.
        monthly: US dollars a month that it saves by itself.
    """

    urn: str
    advice: str
    monthly: Amounts


@dataclass(frozen=True, slots=True)
class FixedLine:
    """What the stack costs somewhere else, such as a subscription; US dollars a month."""

    name: str
    monthly: Amounts


@dataclass(frozen=True)
class StackCost:
    """What a stack costs in a month, in US dollars.

    Attributes:
        estimates: of every resource that Google bills or may bill, in the order of the stack.
        fixed: what is paid elsewhere.
        free: URNs of the resources that cost nothing, whatever their use.
        usage: what was assumed of the stack's use.
        assumed: the names of the assumptions that it rests on, or that were set.
        assumes: what settings price at next to nothing, a sentence for each.
        savings: how it could cost less, where settings ask for it.
        currency: that is billed in, where it is not the US dollar.
    """

    estimates: tuple[Estimate, ...]
    fixed: tuple[FixedLine, ...] = ()
    free: tuple[str, ...] = ()
    usage: Usage = field(default_factory=Usage)
    assumed: frozenset[str] = frozenset()
    assumes: tuple[str, ...] = ()
    savings: tuple[Saving, ...] = ()
    currency: Currency | None = None

    @cached_property
    def cloud(self) -> Amounts:
        """What Google bills."""
        return sum_amounts(estimate.monthly for estimate in self.estimates)

    @property
    def monthly(self) -> Amounts:
        """All of it: what Google bills, and the fixed lines."""
        return self.cloud + sum_amounts(line.monthly for line in self.fixed)

    @property
    def unpriced(self) -> tuple[Estimate, ...]:
        """The resources with something that has no price, which is in no total."""
        return tuple(estimate for estimate in self.estimates if estimate.unpriced)

    def doubtful(self) -> tuple[str, ...]:
        """The keys of the prices with low confidence that went into it."""
        keys = {
            component.key
            for estimate in self.estimates
            for component in estimate.components
            if component.price.confidence == "low"
        }
        return tuple(sorted(keys))


def sum_amounts(amounts: Iterable[Amounts]) -> Amounts:
    """The sum."""
    low = expected = high = Decimal(0)
    for amount in amounts:
        low, expected, high = low + amount.low, expected + amount.expected, high + amount.high
    return Amounts(low, expected, high)
