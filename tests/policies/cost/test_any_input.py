"""Whatever a program passes, an estimate is made of it, and never a negative one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from apex_guardrails.cost import StackCost, Usage, estimate, packaged_prices
from apex_guardrails.cost.types import all_estimators
from apex_guardrails.model import Resource, Stack
from apex_guardrails.provider import resource_type, type_schema
from tests.policies.any_input import VALUES, inputs

# Each input at each place: what they happen to reach proves nothing of its being right.
pytestmark = pytest.mark.no_cover


def priced(token: str, given: Mapping[str, Any], *, knows_dependencies: bool = True) -> StackCost:
    stack = Stack("s", "p", config={"gcp:region": "us-central1"})
    dependencies: Any = {} if knows_dependencies else None
    urn = f"urn:pulumi:s::p::{token}::r"
    stack.add(Resource(urn, resource_type(token), given, stack, property_dependencies=dependencies))
    return estimate(stack, packaged_prices(), Usage())


@pytest.mark.parametrize("token", sorted(all_estimators()))
def test_an_estimate_is_made_of_any_input(token: str) -> None:
    schema = type_schema(token)
    assert schema is not None
    for value in VALUES:
        for given in inputs(schema.fields, value):
            monthly = priced(token, given).monthly
            assert 0 <= monthly.low <= monthly.expected <= monthly.high, given


@pytest.mark.parametrize("token", sorted(all_estimators()))
def test_without_dependencies_there_is_an_estimate_or_a_reason(token: str) -> None:
    cost = priced(token, {}, knows_dependencies=False)

    assert len(cost.estimates) + len(cost.free) >= 1
