"""Stacks of a few resources, and what they cost."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from apex_guardrails.cost import Estimate, StackCost, Usage, estimate, packaged_prices
from apex_guardrails.cost.types import all_estimators
from apex_guardrails.model import Outcome, Stack, case
from apex_guardrails.model.case import Case, CaseResource
from apex_guardrails.rules import all_rules
from apex_guardrails.testing.cases import build

_NO_USE = ("active_hours", "database_hours", "commitment", "requests_at_once", "resources")

IDLE = Usage.model_validate(
    {
        name: 0
        for name, field in Usage.model_fields.items()
        if name not in _NO_USE and field.annotation is not None
    }
)
"""A month in which nobody uses anything, and all free tiers are there."""

CENT = Decimal("0.01")


def stack_of(*resources: CaseResource) -> Stack:
    """A stack of resources, each with its type."""
    return build(all_rules()[0], Case(Outcome.PASSES, resources))


def cost_of(*resources: CaseResource, usage: Usage = IDLE, **figures: Any) -> StackCost:
    """What a stack of resources costs."""
    assumed = Usage.model_validate({**usage.given(), **figures})
    cost = estimate(stack_of(*resources), packaged_prices(), assumed)
    for item in cost.estimates:
        estimator = all_estimators().get(item.token)
        for component in item.components if estimator else ():
            # `apex prices show` shows what is declared.
            assert estimator is not None
            assert estimator.uses(component.key), f"{item.token} does not declare {component.key}"
    return cost


def one(token: str, inputs: Mapping[str, Any], **figures: Any) -> Estimate:
    """The estimate of one resource, without free tiers."""
    located = {} if {"location", "zone"} & set(inputs) else {"region": "us-central1"}
    cost = cost_of(
        case.resource(token, **{**located, **inputs}), **{"free_tier_used_elsewhere": 1, **figures}
    )
    found = [item for item in cost.estimates if item.token == token]
    return found[0] if found else Estimate(cost.free[0], token)


def dollars(estimate: Estimate) -> tuple[str, str, str]:
    """Low, expected and high, to the cent."""
    monthly = estimate.monthly
    low, expected, high = (
        str(amount.quantize(CENT, ROUND_HALF_UP))
        for amount in (monthly.low, monthly.expected, monthly.high)
    )
    return low, expected, high


def same(amount: str) -> tuple[str, str, str]:
    """The same amount in all three cases."""
    return amount, amount, amount
