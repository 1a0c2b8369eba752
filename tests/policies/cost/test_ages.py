"""Which prices are old, or not sure."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apex_guardrails.cost import PriceFile, Prices, packaged_prices
from apex_guardrails.cost.ages import find_too_old, find_uncertain

DAY = date(2026, 11, 1)


def book(**confidences: str) -> Prices:
    prices = {
        key: {
            "usd": "1",
            "unit": "hour",
            "source": "a page",
            "date": DAY - timedelta(number),
            "confidence": confidence,
        }
        for number, (key, confidence) in enumerate(confidences.items())
    }
    head = {"region": "mars-north1", "currency": "USD", "compiled": DAY}
    return Prices([PriceFile.model_validate({**head, "prices": prices})])


@pytest.mark.parametrize(("days", "old"), [(179, []), (180, []), (181, ["a"]), (182, ["b", "a"])])
def test_a_price_is_too_old_on_the_day_after_its_last(days: int, old: list[str]) -> None:
    # b was seen a day before a.
    prices = book(a="high") if days < 182 else book(a="high", b="high")

    found = find_too_old(prices, DAY + timedelta(days), 180)
    assert [item.key for item in found] == old


def test_the_oldest_comes_first_with_its_age_and_region() -> None:
    found = find_too_old(book(a="high", b="high", c="high"), DAY + timedelta(10), 10)

    assert [(item.key, item.days) for item in found] == [("c", 12), ("b", 11)]
    assert {item.region for item in found} == {"mars-north1"}


def test_prices_of_low_confidence_are_found_whatever_their_age() -> None:
    found = find_uncertain(book(a="high", b="low", c="medium"), DAY)

    assert [item.key for item in found] == ["b"]


@given(st.integers(-1000, 4000), st.integers(0, 2000), st.integers(0, 2000))
def test_a_longer_time_never_makes_more_prices_old(later: int, one: int, other: int) -> None:
    today = DAY + timedelta(later)
    shorter, longer = sorted((one, other))
    few, many = (
        {(item.region, item.key) for item in find_too_old(packaged_prices(), today, most)}
        for most in (longer, shorter)
    )
    assert few <= many
