"""No answer is longer than a model can read, whatever a program calls its resources."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from apex_guardrails.agents.bounds import LEFT_OUT, bounded
from apex_guardrails.support.text import json_text

LARGEST = 3_000
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=400),
    lambda inner: (
        st.lists(inner, max_size=30) | st.dictionaries(st.text(max_size=30), inner, max_size=40)
    ),
    max_leaves=200,
)
ANSWERS = st.dictionaries(st.sampled_from("abcdef"), VALUES)


@given(ANSWERS)
def test_it_always_fits(answer: dict[str, Any]) -> None:
    cut = bounded(answer, LARGEST)
    assert len(json_text(cut, indent=None)) <= LARGEST
    assert cut.keys() - {LEFT_OUT} == answer.keys()


@given(ANSWERS)
def test_what_is_small_is_left_as_it_is(answer: dict[str, Any]) -> None:
    assert bounded(answer, 10**9) == answer


def test_the_first_entries_stay_and_the_others_are_counted() -> None:
    cut = bounded({"findings": [f"finding {number}" for number in range(1000)], "n": 1}, 2_000)
    kept = len(cut["findings"])
    assert cut["findings"] == [f"finding {number}" for number in range(kept)]
    assert cut[LEFT_OUT] == {"findings": 1000 - kept}
