"""The section `cost` of `policy-pack.yaml`: budgets, assumptions, and what is paid elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetJsonSchemaHandler,
    StringConstraints,
    field_validator,
    model_validator,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from apex_guardrails.cost import (
    Assumption,
    FixedLine,
    Prices,
    Usage,
    given_prices,
    packaged_prices,
)
from apex_guardrails.cost.needs import Needs
from apex_guardrails.cost.usage import Figure, no_truth
from apex_guardrails.model import CostLimits
from apex_guardrails.support.paths import inside

_Pattern = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


class PriceSettings(BaseModel):
    """Which prices count, and how old they may be; a text alone is the path."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    path: str | None = Field(
        None,
        min_length=1,
        description="A price file, or a folder of them, beside this file: its prices take "
        "precedence "
        "over the packaged ones.",
    )
    max_age: Annotated[int, Field(ge=0, le=36_500), BeforeValidator(no_truth)] | None = Field(
        None,
        description="How many days old a price may be before `apex prices check` fails; any "
        "age, if "
        "left out.",
    )

    @model_validator(mode="before")
    @classmethod
    def _a_path_alone(cls, value: Any) -> Any:
        return {"path": value} if isinstance(value, str) else value

    @classmethod
    def __get_pydantic_json_schema__(
        cls, core_schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """The path alone is allowed, too."""
        fields = handler.resolve_ref_schema(handler(core_schema))
        return {"anyOf": [{"type": "string", "minLength": 1}, dict(fields)]}

    def book(self, folder: Path) -> Prices:
        """The prices that count: the packaged ones, and before them those of the path.

        Args:
            folder: of the settings file, which the path is relative to.

        Raises:
            UsageError: there is nothing at the path, or it is not valid.
        """
        if self.path is None:
            return packaged_prices()
        return packaged_prices().overridden(given_prices(folder / self.path))


class CurrencySettings(BaseModel):
    """The currency that is billed in."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    code: Annotated[str, StringConstraints(pattern="^[A-Z]{3}$")] = Field(
        description="Its code, such as EUR."
    )
    rate: Annotated[
        Decimal, Field(gt=0, le=10**6, allow_inf_nan=False), BeforeValidator(no_truth)
    ] = Field(description="How much of it a US dollar is, such as 0.92.")

    @field_validator("code")
    @classmethod
    def _another(cls, code: str) -> str:
        if code == "USD":
            raise ValueError("amounts are in US dollars anyway; leave cost.currency out")
        return code


class CostSettings(BaseModel):
    """What an estimate assumes, and what a stack may cost; US dollars a month."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    budget: Figure | None = Field(
        None, description="What the stack may cost, fixed lines included."
    )
    counts: Literal["low", "expected", "high"] = Field(
        "expected", description="Which figure of the estimate the limits apply to."
    )
    max_increase: Figure | None = Field(
        None, description="How much a change may raise the cost, compared with the base."
    )
    base: str | None = Field(
        None,
        min_length=1,
        description="What the stack cost before: the file, beside this one, of `apex cost --format "
        "json` or of a judgement as JSON.",
    )
    max_unpriced: Annotated[int, Field(ge=0, le=10**6), BeforeValidator(no_truth)] | None = Field(
        None, description="How many resources may lack a full price."
    )
    max_share: (
        Annotated[Decimal, Field(gt=0, le=1, allow_inf_nan=False), BeforeValidator(no_truth)] | None
    ) = Field(None, description="The share of the cost that a single resource may have.")
    machine_types: tuple[_Pattern, ...] | None = Field(
        None,
        min_length=1,
        description="Patterns of the machine types and database tiers that may be used.",
    )
    usage: Usage = Field(default_factory=Usage, description="What is assumed of the stack's use.")
    prices: PriceSettings = Field(
        default_factory=PriceSettings, description="Which prices count, and how old they may be."
    )
    currency: CurrencySettings | None = Field(
        None, description="The currency that is billed in: totals are shown in it, too."
    )
    savings: bool = Field(
        default=False,
        strict=True,
        description="Whether reports say how the stack could cost less; it never blocks.",
    )
    needs: dict[_Pattern, Needs] = Field(
        default_factory=dict,
        description="By pattern of a resource's name: what is enough for a machine or a database, "
        "for `savings`.",
    )
    fixed: dict[str, Assumption] = Field(
        default_factory=dict, description="By name: what is paid elsewhere, such as a subscription."
    )

    @field_validator("base")
    @classmethod
    def _inside(cls, base: str | None) -> str | None:
        return base and inside(base, "expected a file in the project, such as costs/dev.json")

    @property
    def fixed_lines(self) -> Sequence[FixedLine]:
        """What is paid elsewhere."""
        return [FixedLine(name, value.amounts) for name, value in self.fixed.items()]

    @property
    def limits(self) -> CostLimits:
        """What the stack may cost."""
        return CostLimits(
            self.counts,
            self.budget,
            self.max_increase,
            self.max_unpriced,
            self.max_share,
            self.machine_types,
        )


def merged(sections: Iterable[CostSettings]) -> CostSettings:
    """One section from several, where of what is said twice the later counts.

    Assumptions, resources, fixed lines and needs are each merged by their names.
    """
    found: dict[str, Any] = {}
    usage: dict[str, Any] = {}
    resources: dict[str, Any] = {}
    fixed: dict[str, Any] = {}
    prices: dict[str, Any] = {}
    needs: dict[str, Any] = {}
    for section in sections:
        found |= {name: getattr(section, name) for name in section.model_fields_set}
        usage |= section.usage.given()
        resources |= section.usage.resources
        fixed |= section.fixed
        needs |= section.needs
        prices |= section.prices.model_dump(exclude_unset=True)
    if usage:
        found["usage"] = Usage.model_validate({**usage, "resources": resources})
    return CostSettings.model_validate({**found, "fixed": fixed, "prices": prices, "needs": needs})
