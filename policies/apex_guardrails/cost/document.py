"""An estimate as a JSON document: what `apex cost --format json` writes and `--against` reads.

Amounts are texts, so that none is rounded on its way.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, RootModel, field_serializer

from apex_guardrails.cost.amounts import Amounts
from apex_guardrails.cost.model import Component, Estimate, StackCost
from apex_guardrails.cost.usage import Figure
from apex_guardrails.model.cost import dollars
from apex_guardrails.support.yaml_files import read_model

LARGEST: Final = 256 * 1024 * 1024
"""Bytes; a document larger than this is none."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Figures(_Strict):
    """US dollars a month, or units, in the three cases."""

    low: Figure
    expected: Figure
    high: Figure

    @classmethod
    def of(cls, amounts: Amounts) -> Figures:
        """The same figures as a part of a document."""
        return cls(low=amounts.low, expected=amounts.expected, high=amounts.high)

    @field_serializer("low", "expected", "high")
    def _plainly(self, value: Decimal) -> str:
        return format_plain(value)

    @property
    def amounts(self) -> Amounts:
        """The figures to count with."""
        return Amounts(self.low, self.expected, self.high)


class ComponentEntry(_Strict):
    """One thing that is billed."""

    name: str
    price: str
    region: str
    unit: str
    usd: str
    confidence: str
    quantity: Figures
    free: Figures
    monthly: Figures


class PricedEntry(_Strict):
    """One resource with something that has a price, or should have one."""

    urn: str
    type: str
    component: str
    status: str
    monthly: Figures
    unpriced: tuple[str, ...] = ()
    sizing: dict[str, str] = Field(
        default_factory=dict, description="The inputs that decide its cost, in words."
    )
    components: tuple[ComponentEntry, ...] = ()


class FixedEntry(_Strict):
    """What is paid elsewhere."""

    name: str
    monthly: Figures


class SavingEntry(_Strict):
    """How a resource could cost less; the amount is what that saves by itself."""

    urn: str
    advice: str
    monthly: Figures


class Converted(_Strict):
    """The total in the currency that is billed in, by a rate of the settings."""

    currency: str
    rate: Figure
    monthly: Figures

    @field_serializer("rate")
    def _plainly(self, value: Decimal) -> str:
        return format_plain(value)

    def of(self, usd: Decimal, *, signed: bool = False) -> str:
        """An amount of US dollars in the currency, such as `74.06 EUR`."""
        return f"{dollars(usd * self.rate, signed=signed)} {self.currency}"

    @property
    def text(self) -> str:
        """The total, marked as converted."""
        low, expected, high = (
            dollars(amount)
            for amount in (self.monthly.low, self.monthly.expected, self.monthly.high)
        )
        return f"{expected} {self.currency} a month ({low} to {high}), {self.note}"

    @property
    def note(self) -> str:
        """By what it is converted."""
        return f"converted at {format_plain(self.rate)} {self.currency} for a US dollar"


class CostDocument(_Strict):
    """The whole estimate of a stack."""

    version: Literal[1] = 1
    project: str
    stack: str
    currency: Literal["USD"] = "USD"
    monthly: Figures
    resources: tuple[PricedEntry, ...]
    fixed: tuple[FixedEntry, ...] = ()
    free: tuple[str, ...] = ()
    doubtful: tuple[str, ...] = Field(
        (), description="Keys of prices with low confidence that the estimate rests on."
    )
    assumptions: dict[str, Any] = Field(default_factory=dict)
    assumes: tuple[str, ...] = Field(
        (), description="What the settings price at next to nothing, one sentence each."
    )
    converted: Converted | None = Field(
        None, description="The total in the billing currency, where settings have one."
    )
    savings: tuple[SavingEntry, ...] = Field(
        (), description="How it could cost less, the most first, where settings ask for it."
    )
    differences: tuple[dict[str, Any], ...] | None = Field(
        None, description="What differs from a base, by resource; null without a base."
    )

    def text(self) -> str:
        """The document as JSON."""
        return json.dumps(self.model_dump(mode="json"), indent=2)


def format_plain(value: Decimal) -> str:
    """An amount without an exponent, and without zeros that say nothing."""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def make_document(
    cost: StackCost,
    project: str,
    stack: str,
    components: Mapping[str, str],
    estimates: Iterable[Estimate] | None = None,
) -> CostDocument:
    """An estimate as a document.

    Args:
        cost: the estimate.
        project: the project's name.
        stack: the stack's name.
        components: the names of the program's components, by URN.
        estimates: of the resources that it names; all of them if left out.
    """
    return CostDocument(
        project=project,
        stack=stack,
        monthly=Figures.of(cost.monthly),
        resources=tuple(
            _resource(item, components)
            for item in (cost.estimates if estimates is None else estimates)
        ),
        fixed=tuple(
            FixedEntry(name=line.name, monthly=Figures.of(line.monthly)) for line in cost.fixed
        ),
        free=cost.free,
        doubtful=cost.doubtful(),
        assumptions=_assumptions(cost),
        assumes=cost.assumes,
        converted=_converted(cost),
        savings=tuple(
            SavingEntry(urn=item.urn, advice=item.advice, monthly=Figures.of(item.monthly))
            for item in cost.savings
        ),
    )


def _converted(cost: StackCost) -> Converted | None:
    currency = cost.currency
    if currency is None:
        return None
    monthly = Figures.of(cost.monthly * currency.rate)
    return Converted(currency=currency.code, rate=currency.rate, monthly=monthly)


def _assumptions(cost: StackCost) -> dict[str, Any]:
    """What the estimate rests on, by name, and what differs for some resources."""
    found: dict[str, Any] = {
        name: _json(getattr(cost.usage, name)) for name in sorted(cost.assumed)
    }
    for pattern, usage in cost.usage.resources.items():
        own = {name: _json(value) for name, value in usage.given().items()}
        found.setdefault("resources", {})[pattern] = own
    return found


def _json(value: Any) -> Any:
    return value.model_dump(mode="json") if isinstance(value, BaseModel) else str(value)


def _resource(item: Estimate, components: Mapping[str, str]) -> PricedEntry:
    return PricedEntry(
        urn=item.urn,
        type=item.token,
        component=components.get(item.parent, ""),
        status=item.status,
        monthly=Figures.of(item.monthly),
        unpriced=item.unpriced,
        components=tuple(_component(component) for component in item.components),
    )


def _component(component: Component) -> ComponentEntry:
    return ComponentEntry(
        name=component.name,
        price=component.key,
        region=component.region,
        unit=component.unit,
        usd=format_plain(component.price.usd),
        confidence=component.price.confidence,
        quantity=Figures.of(component.quantity),
        free=Figures.of(component.free),
        monthly=Figures.of(component.monthly),
    )


def _of_a_judgement(content: Any) -> Any:
    if not isinstance(content, dict) or "verdict" not in content:
        return content
    if content.get("cost") is None:
        raise ValueError("is a judgement without a cost: not all of the stack was seen")
    return content["cost"]


_Written = RootModel[Annotated[CostDocument, BeforeValidator(_of_a_judgement)]]
"""The document in a file: alone, or as a part of a judgement."""


def read_document(path: Path) -> CostDocument:
    """The estimate that `apex cost --format json` wrote, or that of a judgement as JSON.

    Raises:
        UsageError: it cannot be read, or is something else.
    """
    written = read_model(path, _Written, largest=LARGEST, written_by="apex cost --format json")
    return written.root
