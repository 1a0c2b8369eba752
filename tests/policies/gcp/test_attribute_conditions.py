"""Conditions of workload identity providers, whoever writes them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apex_guardrails.gcp.attribute_conditions import is_restricted

CLAIMS = {"org": None}
TERM = "assertion.org == 'acme'"


@pytest.mark.parametrize("opening", ["(", "[", "{", "(a && (b || ", "!("])
def test_brackets_without_end_are_not_followed(opening: str) -> None:
    assert not is_restricted(opening * 1000 + TERM, CLAIMS, {})
    assert not is_restricted(opening * 1000 + TERM + ")" * 1000, CLAIMS, {})


@given(depth=st.integers(0, 120))
def test_brackets_are_followed_to_a_depth(depth: int) -> None:
    condition = "(" * depth + TERM + ")" * depth

    assert is_restricted(condition, CLAIMS, {}) is (depth <= 50)


@given(st.text(alphabet="()[]'\"\\&|?= aorg.", max_size=200))
def test_whatever_is_written_has_an_answer(condition: str) -> None:
    restricted = is_restricted(condition, CLAIMS, {})

    assert is_restricted(f"{condition} && {TERM}", CLAIMS, {}) or not restricted


def test_brackets_in_a_text_are_none() -> None:
    assert is_restricted(f"{TERM} && assertion.ref == '{'(' * 1000}'", CLAIMS, {})
