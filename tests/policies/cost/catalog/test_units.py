"""Units of measure, and exact conversion between them."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apex_guardrails.cost.catalog.units import UnitError, to_decimal, unit_ratio

UNITS = ["s", "min", "h", "d", "mo", "By", "KiBy", "GiBy", "GBy", "TiBy", "count"]


@pytest.mark.parametrize(
    ("ours", "theirs", "size"),
    [
        ("h", "h", "1"),
        ("mo", "h", "730"),
        ("h", "s", "3600"),
        ("TiBy", "GiBy", "1024"),
        ("GiBy.mo", "GiBy.h", "730"),
        ("GiBy", "GBy", "1.073741824"),
        ("count", "1", "1"),
        ("GiBy.h", "h.GiBy", "1"),
    ],
)
def test_one_of_ours_is_so_many_of_the_catalogues(ours: str, theirs: str, size: str) -> None:
    assert to_decimal(unit_ratio(ours, theirs)) == Decimal(size)


@pytest.mark.parametrize("theirs", ["GiBy", "h.h", "count"])
def test_what_measures_something_else_is_not_converted(theirs: str) -> None:
    with pytest.raises(UnitError, match="which is not a measure of h"):
        unit_ratio("h", theirs)


def test_an_unknown_unit_is_named() -> None:
    with pytest.raises(UnitError, match=r"is billed by furlong\.h, which is not a known unit"):
        unit_ratio("h", "furlong.h")


def test_what_has_no_end_is_not_rounded() -> None:
    with pytest.raises(UnitError, match="cannot be converted exactly"):
        to_decimal(Fraction(1, 730))


@given(st.sampled_from(UNITS), st.sampled_from(UNITS))
def test_there_and_back_is_where_one_began(one: str, other: str) -> None:
    try:
        there = unit_ratio(one, other)
    except UnitError:
        with pytest.raises(UnitError):
            unit_ratio(other, one)
        return
    assert there * unit_ratio(other, one) == 1


@given(st.decimals(0, 10**6, places=9))
def test_a_decimal_stays_what_it_is(amount: Decimal) -> None:
    assert to_decimal(Fraction(amount)) == amount
