"""Reads an export of the catalogue: pages of `services.skus.list`, checked field by field.

A page is `{"skus": [...], "nextPageToken": "..."}`. One page, an array of pages and pages one after
another are read alike. What the API may add to a SKU is ignored; what is used must be right.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Final

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator
from pydantic.alias_generators import to_camel

from apex_guardrails.support.errors import UsageError
from apex_guardrails.support.mistakes import mismatch

LARGEST: Final = 256 * 1024 * 1024
"""Bytes; a service's export is far smaller."""

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


class _Part(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True, alias_generator=to_camel)


Shown = Annotated[str, Field(min_length=1, max_length=1000, pattern=r"^[^\x00-\x1f\x7f-\x9f]*$")]
"""A text that may be shown on a terminal."""


class UnitPrice(_Part):
    """Google's type Money: whole units, and billionths of one."""

    currency_code: str
    units: Annotated[int, BeforeValidator(_whole), Field(ge=0, lt=10**12)] = 0
    nanos: Annotated[int, BeforeValidator(_whole), Field(ge=0, le=999_999_999)] = 0

    @model_validator(mode="after")
    def _is_an_amount(self) -> UnitPrice:
        if not self.model_fields_set & {"units", "nanos"}:
            raise ValueError("units and nanos are missing")
        return self

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
    tiered_rates: tuple[TieredRate, ...]

    @model_validator(mode="after")
    def _rates_ascend(self) -> PricingExpression:
        starts = [rate.start_usage_amount for rate in self.tiered_rates]
        if starts != sorted(set(starts)) or (starts and starts[0]):
            raise ValueError("tieredRates: must begin at 0 and ascend, without repeats")
        return self


class AggregationInfo(_Part):
    """Over what a tier's quantity is summed."""

    aggregation_level: str = "ACCOUNT"
    aggregation_interval: str = "MONTHLY"


class PricingInfo(_Part):
    """What a SKU costs from a time on."""

    effective_time: datetime | None = None
    pricing_expression: PricingExpression
    aggregation_info: AggregationInfo = AggregationInfo()


class Category(_Part):
    """Where a SKU stands in the catalogue."""

    service_display_name: str
    resource_family: str = ""
    resource_group: str = ""
    usage_type: str


class Sku(_Part):
    """One thing that Google sells."""

    sku_id: str = Field(pattern=r"^[0-9A-Z]{4}(-[0-9A-Z]{4}){2}$")
    description: Shown
    category: Category
    service_regions: tuple[str, ...]
    pricing_info: tuple[PricingInfo, ...]


@dataclass(frozen=True)
class Export:
    """What an export holds.

    Attributes:
        skus: each once.
        is_whole: whether it ends with a last page.
    """

    skus: tuple[Sku, ...]
    is_whole: bool


class _Page(BaseModel):
    model_config = ConfigDict(extra="forbid")

    skus: list[Any]
    nextPageToken: str = ""  # noqa: N815 Google's


def read_export(path: Path) -> Export:
    """The SKUs of an export.

    Raises:
        UsageError: it cannot be read, or is no export in US dollars; the message names the place.
    """
    skus: dict[str, Sku] = {}
    token = ""
    problems: list[str] = []
    for number, page in enumerate(_pages(path), start=1):
        token = page.nextPageToken
        for place, item in enumerate(page.skus):
            where = f"{path}: page {number}: skus[{place}]"
            try:
                sku = Sku.model_validate(item)
            except ValidationError as error:
                problems.extend(_problems(where, item, error))
                if len(problems) >= _MOST_PROBLEMS:
                    raise UsageError("\n".join(problems[:_MOST_PROBLEMS])) from None
                continue
            if skus.setdefault(sku.sku_id, sku) != sku:
                raise UsageError(f"{where}: the SKU {sku.sku_id} is listed twice, with differences")
    if problems:
        raise UsageError("\n".join(problems))
    for sku in skus.values():
        _in_dollars(path, sku)
    return Export(tuple(skus.values()), is_whole=not token)


def _pages(path: Path) -> Iterator[_Page]:
    documents = list(_documents(path))
    if not documents:
        raise UsageError(f"{path}: is empty; `services.skus.list` writes such a file")
    for document in documents:
        for page in document if isinstance(document, list) else [document]:
            try:
                yield _Page.model_validate(page)
            except ValidationError as error:
                first = error.errors()[0]
                key = ".".join(map(str, first["loc"])) or "page"
                raise UsageError(
                    f"{path}: {key}: {mismatch(first)}; a page of the Cloud Billing Catalog "
                    'is {"skus": [...], "nextPageToken": "..."}'
                ) from None


def _documents(path: Path) -> Iterator[Any]:
    """Every JSON value of a file, one after another."""
    try:
        if path.stat().st_size > LARGEST:
            raise UsageError(f"{path}: is larger than {LARGEST:,} bytes; export one service alone")
        text = path.read_text("utf-8-sig")
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise UsageError(f"{path}: is not UTF-8 text") from None
    decoder = json.JSONDecoder(parse_float=Decimal, parse_constant=_no_number)
    at = 0
    while at < len(text):
        if text[at].isspace():
            at += 1
            continue
        try:
            document, at = decoder.raw_decode(text, at)
        except json.JSONDecodeError as error:
            raise UsageError(f"{path}:{error.lineno}: not valid JSON: {error.msg}") from None
        except (ValueError, ArithmeticError, RecursionError) as error:
            what = "nested too deeply" if isinstance(error, RecursionError) else str(error)
            raise UsageError(f"{path}: not valid JSON: {what}") from None
        yield document


def _no_number(name: str) -> Any:
    raise ValueError(f"{name} is not a number in JSON")


def _problems(where: str, item: Any, error: ValidationError) -> Iterator[str]:
    name = item.get("skuId") if isinstance(item, Mapping) else None
    who = f"{where} ({name})" if isinstance(name, str) and name.isprintable() else where
    for detail in error.errors():
        key = "".join(
            f"[{step}]" if isinstance(step, int) else f".{step}" for step in detail["loc"]
        ).lstrip(".")
        yield ": ".join(part for part in (who, key, mismatch(detail)) if part)


def _in_dollars(path: Path, sku: Sku) -> None:
    for info in sku.pricing_info:
        for rate in info.pricing_expression.tiered_rates:
            currency = rate.unit_price.currency_code
            if currency != "USD":
                raise UsageError(
                    f"{path}: {sku.sku_id}: unitPrice.currencyCode: is {currency[:10]!r}, and "
                    "prices here are in US dollars; export with currencyCode=USD"
                )
