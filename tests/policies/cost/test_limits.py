"""What a stack may cost, and where it costs more."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from policies.cost import Amounts, FixedLine, StackCost, estimate, packaged_prices
from policies.cost.limits import Limits, excesses
from policies.model import case
from tests.policies.cost.stacks import IDLE, stack_of

COST = estimate(
    stack_of(
        case.resource("gcp:compute/disk:Disk", "small", size=100, zone="us-central1-a"),
        case.resource("gcp:compute/disk:Disk", "large", size=300, zone="us-central1-a"),
        case.resource("gcp:spanner/instance:Instance", "spanner"),
    ),
    packaged_prices(),
    IDLE,
    [FixedLine("Temporal", Amounts(Decimal(80), Decimal(84), Decimal(94)))],
)
"""4 and 12 dollars, one resource without a price, and 80, 84 or 94 dollars elsewhere."""


def said(base: str | None = None, cost: StackCost = COST, **limits: Any) -> list[tuple[str, str]]:
    given: dict[str, Any] = {
        name: Decimal(value) if isinstance(value, str) and name != "counts" else value
        for name, value in limits.items()
    }
    made = Limits(**given)
    found = excesses(cost, made, None if base is None else Amounts.of(base))
    return [(item.limit, item.message) for item in found]


def test_without_limits_nothing_is_exceeded() -> None:
    assert said(base="0") == []


@pytest.mark.parametrize(
    ("counts", "budget", "over"),
    [
        ("low", "96", None),
        ("low", "95.99", "the low cost is 0.01 over the budget of 95.99"),
        ("expected", "100", None),
        ("expected", "99", "the expected cost is 1.00 over the budget of 99.00"),
        ("high", "110", None),
        ("high", "100", "the high cost is 10.00 over the budget of 100.00"),
        ("expected", "0", "the expected cost is 100.00 over the budget of 0.00"),
    ],
)
def test_the_budget_is_held_against_the_figure_that_counts(
    counts: str, budget: str, over: str | None
) -> None:
    expected = [] if over is None else [("budget", over)]
    assert said(counts=counts, budget=budget) == expected


def test_an_increase_is_judged_against_a_base_alone() -> None:
    assert said(max_increase="0") == []
    assert said(base="100", max_increase="0") == []
    assert said(base="95", max_increase="5") == []
    assert said(base="150", max_increase="0") == []
    assert said(base="90", max_increase="5") == [
        ("max_increase", "the expected cost rises by 10.00, and 5.00 are allowed")
    ]


def test_what_has_no_price_may_be_limited() -> None:
    assert said(max_unpriced=1) == []
    assert said(max_unpriced=0) == [
        ("max_unpriced", "1 resources have something without a price, and 0 are allowed")
    ]


def test_a_single_resource_may_be_limited_to_a_share_of_what_google_bills() -> None:
    assert said(max_share="0.75") == []
    assert said(max_share="0.5") == [
        ("max_share", "large has 75 % of the expected cost, and 50 % are allowed")
    ]
    (found,) = excesses(COST, Limits(max_share=Decimal("0.7")))
    assert found.urn.endswith("::large")


def test_a_stack_that_costs_nothing_has_no_shares() -> None:
    assert said(cost=StackCost(()), budget="0", max_share="0.1", max_unpriced=0) == []


def test_every_limit_that_is_exceeded_is_said() -> None:
    found = said(base="0", budget="1", max_increase="1", max_unpriced=0, max_share="0.1")

    assert [limit for limit, _ in found] == [
        *("budget", "max_increase", "max_unpriced", "max_share", "max_share")
    ]
