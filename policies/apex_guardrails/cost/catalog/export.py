"""The SKUs of an export, checked field by field.

What the API may add to a SKU is ignored; what is used must be right, and a SKU of which it is not
is left out, and named. A zero may be left out, as client libraries do.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Final

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator
from pydantic.alias_generators import to_camel

from apex_guardrails.cost.catalog.pages import Item, Pages
from apex_guardrails.support.errors import UsageError
from apex_guardrails.support.mistakes import found as kind_of
from apex_guardrails.support.mistakes import mismatch

_NANO: Final = Decimal("1e-9")
_MOST_PROBLEMS: Final = 5


def _whole(value: Any) -> Any:
    """An int64 is a text in the API's JSON, and a number in other exports."""
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise ValueError('expected a whole number, such as "0"')  # noqa: TRY004 Pydantic's
    return value


def _number(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise ValueError("expected a number")  # noqa: TRY004 Pydantic's
    return value


def _time(value: Any) -> Any:
    """A Timestamp is text in the API's JSON, and seconds since 1970 in some libraries'."""
    if not isinstance(value, Mapping):
        return value
    seconds = value.get("seconds")
    if seconds in (None, 0, "0"):  # an empty one is none
        return None
    try:
        return datetime.fromtimestamp(int(seconds), UTC)
    except (TypeError, ValueError, OverflowError, OSError):
        return "seconds"


def _named(names: tuple[str, ...]) -> BeforeValidator:
    """An enumeration is a name in the API's JSON, and a number in some libraries'."""

    def name(value: Any) -> Any:
        is_number = isinstance(value, int) and not isinstance(value, bool)
        return names[value] if is_number and 0 <= value < len(names) else value

    return BeforeValidator(name)


class _Part(BaseModel):
    model_config = ConfigDict(
        extra="ignore", frozen=True, alias_generator=to_camel, populate_by_name=True
    )


Shown = Annotated[str, Field(min_length=1, max_length=1000, pattern=r"^[^\x00-\x1f\x7f-\x9f]*$")]
"""A text that may be shown on a terminal."""


class UnitPrice(_Part):
    """Google's type Money: whole units, and billionths of one."""

    currency_code: str
    units: Annotated[int, BeforeValidator(_whole), Field(ge=0, lt=10**12)] = 0
    nanos: Annotated[int, BeforeValidator(_whole), Field(ge=0, le=999_999_999)] = 0

    @property
    def usd(self) -> Decimal:
        """The exact amount."""
        return Decimal(self.units) + Decimal(self.nanos) * _NANO


class TieredRate(_Part):
    """What a unit costs from a quantity on."""

    start_usage_amount: Annotated[
        Decimal, BeforeValidator(_number), Field(ge=0, lt=10**18, allow_inf_nan=False)
    ] = Decimal(0)
    unit_price: UnitPrice


class PricingExpression(_Part):
    """The price of a SKU. `displayQuantity` says how to show it, and does not change it."""

    usage_unit: Shown
    tiered_rates: tuple[TieredRate, ...] = ()

    @model_validator(mode="after")
    def _rates_ascend(self) -> PricingExpression:
        starts = [rate.start_usage_amount for rate in self.tiered_rates]
        if starts != sorted(set(starts)) or (starts and starts[0]):
            raise ValueError("tieredRates: must begin at 0 and ascend, without repeats")
        return self


class AggregationInfo(_Part):
    """Over what a tier's quantity is summed."""

    aggregation_level: Annotated[str, _named(("", "ACCOUNT", "PROJECT"))] = "ACCOUNT"
    aggregation_interval: Annotated[str, _named(("", "DAILY", "MONTHLY"))] = "MONTHLY"


class PricingInfo(_Part):
    """What a SKU costs from a time on."""

    effective_time: Annotated[datetime | None, BeforeValidator(_time)] = None
    pricing_expression: PricingExpression
    aggregation_info: AggregationInfo = AggregationInfo()


class Category(_Part):
    """Where a SKU stands in the catalogue."""

    service_display_name: str
    resource_family: str = ""
    resource_group: str = ""
    usage_type: str = ""


class Sku(_Part):
    """One thing that Google sells."""

    sku_id: str = Field(pattern=r"^[0-9A-Z]{4}(-[0-9A-Z]{4}){2}$")
    description: Shown
    category: Category
    service_regions: tuple[str, ...] = ()
    pricing_info: tuple[PricingInfo, ...] = ()

    @property
    def currencies(self) -> frozenset[str]:
        """What its prices are in."""
        return frozenset(
            rate.unit_price.currency_code
            for info in self.pricing_info
            for rate in info.pricing_expression.tiered_rates
        )


@dataclass(frozen=True)
class Export:
    """What an export holds.

    Attributes:
        skus: each once; those in US dollars.
        is_whole: whether it ends with a last page.
        skipped: what was left out: where it stands, and what is wrong with it.
        unused: what those are, as far as that can be read, without their prices.
    """

    skus: tuple[Sku, ...]
    is_whole: bool
    skipped: tuple[str, ...] = ()
    unused: tuple[Sku, ...] = ()


@dataclass(frozen=True, slots=True)
class _OddSku:
    """A SKU that is not as it is documented."""

    name: str
    problem: str
    sku: Sku | None


def read_export(path: Path) -> Export:
    """The SKUs of an export.

    Raises:
        UsageError: it cannot be read, is no export, or no SKU in it is right and in US dollars.
    """
    pages = Pages(path, _made)
    skus: dict[str, Sku] = {}
    skipped: list[str] = []
    twice: set[str] = set()
    foreign: Counter[str] = Counter()
    unused: list[Sku] = []
    for item in pages.items():
        sku = item.content
        if not isinstance(sku, Sku):
            skipped.append(_problem(item))
            if isinstance(sku, _OddSku) and sku.sku is not None:
                unused.append(sku.sku)
        elif others := sku.currencies - {"USD"}:
            foreign[min(others)] += 1
            unused.append(sku)
        elif skus.setdefault(sku.sku_id, sku) != sku:
            skipped.append(f"{item.where}: the SKU {sku.sku_id} is listed twice, with differences")
            twice.add(sku.sku_id)
            unused.append(sku)
    skipped += [
        f"{count:,} SKU{'s' if count > 1 else ''} in {currency[:10]!r}: prices here are in US "
        "dollars; export with currencyCode=USD"
        for currency, count in sorted(foreign.items())
    ]
    found = tuple(sku for name, sku in skus.items() if name not in twice)
    if skipped and not found:
        raise UsageError("\n".join(f"{path}: {said}" for said in skipped[:_MOST_PROBLEMS]))
    names = {sku.sku_id for sku in found}
    rivals = tuple(sku for sku in unused if sku.sku_id not in names)
    return Export(found, pages.is_whole, tuple(skipped), rivals)


def _made(content: Mapping[str, Any]) -> Sku | _OddSku:
    try:
        return Sku.model_validate(content)
    except ValidationError as error:
        name = content.get("skuId", content.get("sku_id"))
        return _OddSku(
            f" ({name[:40]})" if isinstance(name, str) and name.isprintable() else "",
            "; ".join(
                ": ".join(part for part in (_key(detail["loc"]), mismatch(detail)) if part)
                for detail in error.errors()[:_MOST_PROBLEMS]
            ),
            _without_prices(content),
        )


def _without_prices(content: Mapping[str, Any]) -> Sku | None:
    """What a SKU is whose prices cannot be read."""
    unpriced = {
        key: value for key, value in content.items() if key not in ("pricingInfo", "pricing_info")
    }
    try:
        return Sku.model_validate(unpriced)
    except ValidationError:
        return None


def _key(steps: tuple[int | str, ...]) -> str:
    """A place in a SKU, such as `pricingInfo[0].effectiveTime`."""
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps)[1:]


def _problem(item: Item) -> str:
    odd = item.content
    if isinstance(odd, _OddSku):
        return f"{item.where}{odd.name}: {odd.problem}"
    if isinstance(odd, Mapping):
        return f"{item.where}: skuId: is missing"
    return f"{item.where}: expected keys and values, found {kind_of(odd)}"
