"""The section `cost` of `policy-pack.yaml`: budgets, assumptions, and what is paid elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from policies.cost import (
    Amounts,
    Assumption,
    FixedLine,
    StackCost,
    Usage,
    estimate,
    packaged_prices,
    spending,
)
from policies.cost.usage import Figure, no_truth
from policies.model import CostLimits, Spending, Stack

_Pattern = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


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
    max_unpriced: Annotated[int, Field(ge=0, le=10**6), BeforeValidator(no_truth)] | None = Field(
        None, description="How many resources may have something without a price."
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
    fixed: dict[str, Assumption] = Field(
        default_factory=dict, description="By name: what is paid elsewhere, such as a subscription."
    )

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

    def estimate(self, stack: Stack) -> StackCost:
        """What a stack costs by these assumptions and the pack's prices."""
        return estimate(stack, packaged_prices(), self.usage, self.fixed_lines)

    def spending(self, estimated: Callable[[], StackCost], base: Amounts | None = None) -> Spending:
        """What the rules about cost judge: what every source gives its stack.

        Args:
            estimated: the stack's estimate, such as `estimate` makes it; for the rules that ask.
            base: what the stack cost before.
        """
        return spending(estimated, self.limits, base)


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
