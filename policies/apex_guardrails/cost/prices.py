"""Prices as data: one file for each region, each price with its source, date and confidence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from apex_guardrails.cost.amounts import Amounts

WORLDWIDE: Final = "worldwide"
"""The file of prices that are the same in every region."""

GLOBAL: Final = "global"
"""Where resources are that belong to no region, such as a global forwarding rule."""


class NoPriceError(Exception):
    """There is no price of something in a region."""

    def __init__(self, key: str, region: str) -> None:
        super().__init__(f"there is no price for {key} in {region}")


def _decimal(value: Any) -> Decimal:
    """Money is written as text: a JSON number may have been rounded on its way."""
    if isinstance(value, Decimal):
        return value
    if not isinstance(value, str):
        raise ValueError('an amount is text such as "0.0105"')  # noqa: TRY004 Pydantic's
    try:
        return Decimal(value)
    except ArithmeticError:
        raise ValueError("not a decimal number") from None


Money = Annotated[Decimal, BeforeValidator(_decimal), Field(ge=0, lt=10**6, allow_inf_nan=False)]
Units = Annotated[Decimal, BeforeValidator(_decimal), Field(gt=0, lt=10**12, allow_inf_nan=False)]


class Strict(BaseModel):
    """A part of a price file, which knows all of its keys."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Tier(Strict):
    """What a unit costs above a quantity in a month."""

    above: Units
    usd: Money


class Price(Strict):
    """What one unit of something costs.

    Attributes:
        usd: US dollars a unit.
        least: the lowest of several readings, where they differ.
        most: the highest of them.
        unit: what is counted, such as `vCPU-hour`.
        source: where the price is from.
        licence: on what terms the source may be used.
        date: when it was last seen there.
        confidence: how sure one can be of it.
        checked: what else says the same.
        sku: Google's own number for it.
        note: what a reader should know.
        free: units a month that are free, for all resources together.
        free_for: whose resources: those of a project, or of all that a billing account pays for.
        tiers: lower prices for what is above a quantity, the smallest quantity first.
    """

    usd: Money
    least: Money | None = None
    most: Money | None = None
    unit: str = Field(min_length=1)
    source: str = Field(min_length=1)
    licence: str | None = None
    date: date
    confidence: Literal["high", "medium", "low"]
    checked: str | None = None
    sku: str | None = None
    note: str | None = None
    free: Units | None = None
    free_for: Literal["billing account", "project"] = "billing account"
    tiers: tuple[Tier, ...] = ()

    @model_validator(mode="after")
    def _tiers_ascend(self) -> Price:
        above = [tier.above for tier in self.tiers]
        if above != sorted(set(above)):
            raise ValueError("tiers: must ascend by quantity, without repeats")
        return self

    @model_validator(mode="after")
    def _range_is_around_it(self) -> Price:
        if self.range is None:
            return self
        if not self.range.low <= self.usd <= self.range.high:
            raise ValueError("usd: must be between least and most")
        if self.tiers:
            raise ValueError("tiers: a price with least and most has none")
        return self

    @property
    def range(self) -> Amounts | None:
        """What a unit may cost, where that is not one figure."""
        if self.least is None and self.most is None:
            return None
        low = self.usd if self.least is None else self.least
        high = self.usd if self.most is None else self.most
        return Amounts(low, self.usd, high)

    def costs(self, quantity: Amounts) -> Amounts:
        """US dollars for a quantity; the low case has the least that a unit may cost."""
        units = self.range
        return quantity.each(self.cost) if units is None else quantity * units

    def cost(self, quantity: Decimal) -> Decimal:
        """US dollars for a quantity, by tiers."""
        total = Decimal(0)
        start, usd = Decimal(0), self.usd
        for tier in self.tiers:
            if quantity <= tier.above:
                break
            total += (tier.above - start) * usd
            start, usd = tier.above, tier.usd
        return total + (quantity - start) * usd


class PriceFile(Strict):
    """The prices of one region."""

    region: str = Field(pattern="^[a-z][a-z0-9-]*$")
    currency: Literal["USD"]
    compiled: date
    prices: dict[str, Price]


class _Layers(Mapping[str, PriceFile]):
    """Price files by region: those at hand, and others that are looked up when asked for."""

    def __init__(self, given: Iterable[PriceFile], others: Mapping[str, PriceFile]) -> None:
        self._given = {file.region: file for file in given}
        self._others = others

    def __getitem__(self, region: str) -> PriceFile:
        given = self._given.get(region)
        return self._others[region] if given is None else given

    def __iter__(self) -> Iterator[str]:
        return iter({**dict.fromkeys(self._others), **self._given})

    def __len__(self) -> int:
        return len(self._given.keys() | self._others.keys())


class Prices:
    """The prices of all regions.

    Args:
        files: whose regions are different.
        others: files of further regions; none is looked up before something is priced there.
    """

    def __init__(
        self, files: Iterable[PriceFile], others: Mapping[str, PriceFile] | None = None
    ) -> None:
        self.files: Mapping[str, PriceFile] = _Layers(files, others or {})

    def price(self, key: str, region: str) -> Price:
        """What something costs in a region.

        Raises:
            NoPriceError: it is not known.
        """
        for name in (region, WORLDWIDE):
            file = self.files.get(name)
            found = file.prices.get(key) if file else None
            if found is not None:
                return found
        raise NoPriceError(key, region)

    def overridden(self, files: Iterable[PriceFile]) -> Prices:
        """These prices, where of a key that is in both the files' own counts."""
        merged: dict[str, PriceFile] = {}
        for file in files:
            old = merged.get(file.region) or self.files.get(file.region)
            prices = {**(old.prices if old else {}), **file.prices}
            merged[file.region] = file.model_copy(update={"prices": prices})
        return Prices(merged.values(), self.files)
