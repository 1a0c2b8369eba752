"""Phrases of messages."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apex_guardrails.model.phrases import counted, listed


@pytest.mark.parametrize(
    ("number", "phrase"), [(0, "0 rules"), (1, "1 rule"), (2, "2 rules"), (1234, "1,234 rules")]
)
def test_a_count(number: int, phrase: str) -> None:
    assert counted(number, "rule") == phrase


def test_a_list_that_is_cut_says_how_much_more_there_is() -> None:
    assert listed("abc", 3) == "a, b, c"
    assert listed("abcd", 3) == "a, b, c and 1 more"
    assert listed(["a"] * 1_235, 1, noun="types") == "a and 1,234 more types"
    assert listed("abc", 2, separator="; ") == "a; b; and 1 more"
    assert listed([], 3) == ""


@given(st.lists(st.text("ab", min_size=1), max_size=9), st.integers(1, 9))
def test_nothing_is_lost_of_a_list(items: list[str], most: int) -> None:
    phrase = listed(items, most)
    named, _, more = phrase.partition(" and ")
    assert named.split(", ") == (items[:most] or [""])
    assert int(more.removesuffix(" more") or 0) == max(0, len(items) - most)
