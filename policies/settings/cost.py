"""The section `cost` of `policy-pack.yaml`: budgets, assumptions, and what is paid elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from policies.cost import Assumption, FixedLine, Usage
from policies.cost.limits import Limits
from policies.cost.usage import Figure


class CostSettings(BaseModel):
    """What an estimate assumes, and what a stack may cost; US dollars a month."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    budget: Figure | None = Field(
        None, description="What the stack may cost, fixed lines included."
    )
    counts: Literal["low", "expected", "high"] = Field(
        "expected", description="Which of the estimate's figures is held against the limits."
    )
    max_increase: Figure | None = Field(
        None, description="By how much a change may raise the cost, against a base."
    )
    max_unpriced: int | None = Field(
        None, ge=0, description="How many resources may have something without a price."
    )
    max_share: Decimal | None = Field(
        None,
        gt=0,
        le=1,
        allow_inf_nan=False,
        description="The share of the cost that a single resource may have.",
    )
    usage: Usage = Field(default_factory=Usage, description="What is assumed of the stack's use.")
    fixed: dict[str, Assumption] = Field(
        default_factory=dict, description="By name: what is paid elsewhere, such as a subscription."
    )

    @property
    def fixed_lines(self) -> Sequence[FixedLine]:
        """What is paid elsewhere."""
        return [FixedLine(name, value.amounts) for name, value in self.fixed.items()]

    @property
    def limits(self) -> Limits:
        """What the stack may cost."""
        return Limits(
            self.counts, self.budget, self.max_increase, self.max_unpriced, self.max_share
        )


def merged(sections: Iterable[CostSettings]) -> CostSettings:
    """One section from several, where of what is said twice the later counts.

    Assumptions, resources and fixed lines are each merged by their names.
    """
    found: dict[str, Any] = {}
    usage: dict[str, Any] = {}
    resources: dict[str, Any] = {}
    fixed: dict[str, Any] = {}
    for section in sections:
        found |= {name: getattr(section, name) for name in section.model_fields_set}
        usage |= section.usage.given()
        resources |= section.usage.resources
        fixed |= section.fixed
    if usage:
        found["usage"] = Usage.model_validate({**usage, "resources": resources})
    return CostSettings.model_validate({**found, "fixed": fixed})
