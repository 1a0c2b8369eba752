"""Money as people read it."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apex_guardrails.model.cost import dollars

amounts = st.decimals(-(10**20), 10**20, places=6) | st.decimals(-2, 2, places=3)


@given(amounts)
def test_it_is_the_nearest_cent_and_of_two_the_one_further_from_zero(amount: Decimal) -> None:
    cents, rest = divmod(abs(Fraction(amount)) * 100, 1)
    expected = (cents + (rest >= Fraction(1, 2))) * (-1 if amount < 0 else 1)
    assert Fraction(dollars(amount).replace(",", "")) * 100 == expected


@given(amounts)
def test_the_sign_is_said_where_it_is_asked_for_and_nothing_has_no_minus(amount: Decimal) -> None:
    shown, signed = dollars(amount), dollars(amount, signed=True)
    assert signed == (shown if shown.startswith("-") else f"+{shown}")
    assert shown != "-0.00"


@pytest.mark.parametrize(
    ("amount", "shown"),
    [
        ("0.125", "0.13"),
        ("0.115", "0.12"),
        ("-0.125", "-0.13"),
        ("-0.004", "0.00"),
        ("1234.5", "1,234.50"),
        ("1E+30", f"1{',000' * 10}.00"),
    ],
)
def test_an_amount(amount: str, shown: str) -> None:
    assert dollars(Decimal(amount)) == shown
