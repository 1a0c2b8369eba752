"""Whatever a program passes, an estimate is made of it, and never a negative one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from policies.cost import StackCost, Usage, estimate, packaged_prices
from policies.cost.types import all_estimators
from policies.model import UNKNOWN, Resource, Secret, Stack
from policies.provider import Field, resource_type, type_schema

# Each input at each place: what they happen to reach proves nothing of its being right.
pytestmark = pytest.mark.no_cover

VALUES: tuple[Any, ...] = (
    *("", "x", "-1", "NaN", "1e999", "us-central1-a", 0, 1, -1, 2.5, 10**30, float("inf")),
    *(True, False, None, UNKNOWN, Secret("s"), Secret(UNKNOWN)),
    *([], {}, [1], [None], [UNKNOWN], ["x"], [[]], {"x": 1}, {"x": UNKNOWN}),
)


def inputs(fields: Mapping[str, Field], value: Any, depth: int = 3) -> Iterator[dict[str, Any]]:
    """Inputs with a value at one place, which may be deep inside."""
    for name, field in fields.items():
        yield {name: value}
        if depth and "fields" in field:
            for inner in inputs(field["fields"], value, depth - 1):
                yield {name: inner}
                if field.get("type") == "list":
                    yield {name: [inner]}


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
