"""What is assumed of a stack's use, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from apex_guardrails.cost import Amounts, Assumption, Usage


def test_one_number_stands_for_all_three() -> None:
    assert Assumption.model_validate(5).amounts == Amounts.of(5)
    assert Assumption.model_validate("0.1").amounts == Amounts.of("0.1")
    assert Assumption.model_validate(0.1).amounts == Amounts.of("0.1")


@pytest.mark.parametrize(
    "figure",
    [-1, "-0.01", "NaN", float("nan"), float("inf"), "Infinity", 10**13, True, "many", None, []],
)
def test_a_figure_that_cannot_be_is_refused(figure: Any) -> None:
    with pytest.raises(ValidationError):
        Usage.model_validate({"requests": figure})
    with pytest.raises(ValidationError):
        Usage.model_validate({"requests": {"low": 0, "expected": 0, "high": figure}})


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("requests", {"low": 2, "expected": 1, "high": 3}, "must not decrease"),
        ("requests", {"low": 1, "expected": 3, "high": 2}, "must not decrease"),
        ("requests", {"low": 1, "expected": 3}, "Field required"),
        ("active_hours", 731, "a month has 730 hours"),
        ("free_tier_used_elsewhere", "1.01", "between 0 and 1"),
        ("requests_at_once", 0, "greater than or equal to 1"),
        ("commitment", "2-year", "'none', '1-year' or '3-year'"),
        ("reqests", 1, "Extra inputs"),
        ("resources", {"api": {"requests": -1}}, "expected at least 0"),
        ("resources", {"api": {"resources": {}}}, "Extra inputs"),
        ("resources", {"api": {"log_gib": 1}}, "Extra inputs"),
    ],
)
def test_what_cannot_be_is_refused_and_says_why(field: str, value: Any, message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        Usage.model_validate({field: value})


def test_each_assumption_has_a_description_and_defaults_that_do_not_fall() -> None:
    usage = Usage()

    for name, field in Usage.model_fields.items():
        assert field.description, name
        value = getattr(usage, name)
        if isinstance(value, Assumption):
            assert value.low <= value.expected <= value.high, name


def test_a_resource_may_be_used_in_another_way() -> None:
    usage = Usage.model_validate(
        {
            "requests": 1,
            "egress_gib": 2,
            "resources": {"api*": {"requests": 3}, "api-x": {"requests": 4}},
        }
    )

    assert usage.for_resource("worker").requests.amounts == Amounts.of(1)
    assert usage.for_resource("api").requests.amounts == Amounts.of(3)
    assert usage.for_resource("api").egress_gib.amounts == Amounts.of(2)
    assert usage.for_resource("api-x").requests.amounts == Amounts.of(4)
