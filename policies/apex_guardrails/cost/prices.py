"""Prices as data: one file for each region, each price with its source, date and confidence."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from apex_guardrails.support.errors import UsageError
from apex_guardrails.support.mistakes import mismatch

PRICES_FOLDER: Final = Path(__file__).with_name("prices")

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
    if not isinstance(value, str):
        raise ValueError('an amount is text such as "0.0105"')  # noqa: TRY004 Pydantic's
    try:
        return Decimal(value)
    except ArithmeticError:
        raise ValueError("not a decimal number") from None


Money = Annotated[Decimal, BeforeValidator(_decimal), Field(ge=0, lt=10**6, allow_inf_nan=False)]
Units = Annotated[Decimal, BeforeValidator(_decimal), Field(gt=0, lt=10**12, allow_inf_nan=False)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Tier(_Strict):
    """What a unit costs above a quantity in a month."""

    above: Units
    usd: Money


class Price(_Strict):
    """What one unit of something costs.

    Attributes:
        usd: US dollars a unit.
        unit: what is counted, such as `vCPU-hour`.
        source: where the price is from.
        date: when it was last seen there.
        confidence: how sure one can be of it.
        sku: Google's own number for it.
        note: what a reader should know.
        free: units a month that are free, for all resources together.
        free_for: whose resources: those of a project, or of all that a billing account pays for.
        tiers: lower prices for what is above a quantity, the smallest quantity first.
    """

    usd: Money
    unit: str = Field(min_length=1)
    source: str = Field(min_length=1)
    date: date
    confidence: Literal["high", "medium", "low"]
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


class PriceFile(_Strict):
    """The prices of one region."""

    region: str = Field(pattern="^[a-z][a-z0-9-]*$")
    currency: Literal["USD"]
    compiled: date
    prices: dict[str, Price]


class Prices:
    """The prices of all regions."""

    def __init__(self, files: Sequence[PriceFile]) -> None:
        self.files: Mapping[str, PriceFile] = {file.region: file for file in files}

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
        merged = dict(self.files)
        for file in files:
            old = merged.get(file.region)
            prices = {**(old.prices if old else {}), **file.prices}
            merged[file.region] = file.model_copy(update={"prices": prices})
        return Prices(list(merged.values()))


def read_prices(path: Path) -> PriceFile:
    """The prices in a file.

    Raises:
        UsageError: it cannot be read, or is not valid; the message names the file and each key.
    """
    try:
        content = json.loads(path.read_text("utf-8"), object_pairs_hook=_unique)
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise UsageError(f"{path}: is not UTF-8 text") from None
    except json.JSONDecodeError as error:
        raise UsageError(f"{path}:{error.lineno}: not valid JSON: {error.msg}") from None
    except (ValueError, RecursionError) as error:
        what = "nested too deeply" if isinstance(error, RecursionError) else str(error)
        raise UsageError(f"{path}: not valid JSON: {what}") from None
    try:
        return PriceFile.model_validate(content)
    except ValidationError as errors:
        raise UsageError("\n".join(_problem(path, error) for error in errors.errors())) from None


def _problem(path: Path, error: Mapping[str, Any]) -> str:
    key = ".".join(map(str, error["loc"]))
    return ": ".join(part for part in (str(path), key, mismatch(error)) if part)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    content = dict(pairs)
    if len(content) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"the key {twice!r} is repeated")
    return content


def load_prices(folder: Path) -> Prices:
    """The prices in all files of a folder.

    Raises:
        UsageError: a file is not valid, or is not named after its region, or there is none.
    """
    files = []
    for path in sorted(folder.glob("*.json")):
        file = read_prices(path)
        if file.region != path.stem:
            raise UsageError(f"{path}: region: is {file.region}, but the file is {path.name}")
        files.append(file)
    if not files:
        raise UsageError(f"{folder}: there is no price file")
    return Prices(files)


@cache
def packaged_prices() -> Prices:
    """The prices that come with the pack."""
    return load_prices(PRICES_FOLDER)


def given_prices(path: Path) -> Sequence[PriceFile]:
    """The price files that somebody names: one file, or all of a folder.

    Raises:
        UsageError: there is none, or one is not valid.
    """
    if path.is_dir():
        return list(load_prices(path).files.values())
    if not path.exists():
        raise UsageError(
            f"{path}: there is no such price file or folder; `apex prices import` writes one"
        )
    return [read_prices(path)]


def price_text(file: PriceFile) -> str:
    """A price file as it is written: amounts as texts, what is not said left out."""
    prices = {
        key: {
            "usd": _plain(price.usd),
            "unit": price.unit,
            "source": price.source,
            "date": price.date.isoformat(),
            "confidence": price.confidence,
            **({"sku": price.sku} if price.sku else {}),
            **({"note": price.note} if price.note else {}),
            **({"free": _plain(price.free)} if price.free else {}),
            **({"free_for": price.free_for} if price.free_for != "billing account" else {}),
            **({"tiers": [_tier(tier) for tier in price.tiers]} if price.tiers else {}),
        }
        for key, price in file.prices.items()
    }
    head = {"region": file.region, "currency": file.currency, "compiled": file.compiled.isoformat()}
    return json.dumps({**head, "prices": prices}, indent=2, ensure_ascii=False) + "\n"


def _tier(tier: Tier) -> dict[str, str]:
    return {"above": _plain(tier.above), "usd": _plain(tier.usd)}


def _plain(amount: Decimal) -> str:
    return format(amount, "f")
