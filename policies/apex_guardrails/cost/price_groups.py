"""Prices in groups: what many prices of a region have in common is written once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from apex_guardrails.cost.prices import Money, Price, PriceFile, Strict, Units


def _three(value: Any) -> Any:
    """One amount stands for all three."""
    return (value, value, value) if isinstance(value, str) else value


def _ascending(value: tuple[Decimal, Decimal, Decimal]) -> tuple[Decimal, Decimal, Decimal]:
    if list(value) != sorted(value):
        raise ValueError("from the least to the most")
    return value


_Range = Annotated[tuple[Money, Money, Money], BeforeValidator(_three), AfterValidator(_ascending)]


class Group(Strict):
    """Prices that have all but unit and amount in common.

    Attributes:
        free: by key, the units a month that are free.
        units: by unit, the amount of each key: one, or the least, the one that counts and the most.
    """

    source: str
    licence: str | None = None
    date: date
    confidence: Literal["high", "medium", "low"]
    checked: str | None = None
    note: str | None = None
    free: dict[str, Units] = Field(default_factory=dict)
    units: dict[str, dict[str, _Range]]

    def prices(self) -> Iterator[tuple[str, Price]]:
        """Each price by its key."""
        common = self.model_dump(exclude={"free", "units"})
        for unit, amounts in self.units.items():
            for key, (least, usd, most) in amounts.items():
                ends: dict[str, Decimal] = {} if least == most else {"least": least, "most": most}
                free = self.free.get(key)
                yield key, Price(usd=usd, unit=unit, free=free, **ends, **common)


class GroupedFile(PriceFile):
    """A price file with groups; what has a source of its own stands among the prices."""

    prices: dict[str, Price] = Field(default_factory=dict)
    groups: tuple[Group, ...]

    @model_validator(mode="after")
    def _no_key_is_repeated(self) -> GroupedFile:
        keys = [*self.prices]
        for group in self.groups:
            keys += [key for amounts in group.units.values() for key in amounts]
        twice = next((key for key, count in Counter(keys).items() if count > 1), None)
        if twice:
            raise ValueError(f"the key {twice!r} is repeated")
        return self

    def flat(self) -> PriceFile:
        """The same with every price on its own."""
        prices = dict(self.prices)
        for group in self.groups:
            prices.update(group.prices())
        return PriceFile.model_construct(
            region=self.region,
            currency=self.currency,
            compiled=self.compiled,
            prices=dict(sorted(prices.items())),
        )
