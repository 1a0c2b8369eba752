"""Expressions in Python."""

from __future__ import annotations

import ast
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apex_guardrails.scaffold.programs.python_source import WIDTH, Call, Code, statement

texts = st.text(max_size=100)
values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | texts,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(texts, inner, max_size=5),
    max_leaves=30,
)


@given(values)
def test_a_value_is_read_as_what_it_was(value: Any) -> None:
    assert ast.literal_eval(statement(value)) == value


@given(st.lists(st.text("ab", max_size=12), max_size=30))
def test_no_line_is_too_long_that_can_be_split(words: list[str]) -> None:
    lines = statement(words, target="words").splitlines()
    assert all(len(line) <= WIDTH for line in lines)
    # And none is split that need not be.
    assert len(lines) == 1 or len("words = []") + sum(len(word) + 4 for word in words) - 2 > WIDTH


@pytest.mark.parametrize(
    ("text", "literal"),
    [
        ("a", '"a"'),
        ("it's", '"it\'s"'),
        ('say "a"', "'say \"a\"'"),
        ('"it\'s"', "'\"it\\'s\"'"),
        ("\\n\n", '"\\\\n\\n"'),
    ],
)
def test_a_text_has_the_quotes_that_need_fewer_backslashes(text: str, literal: str) -> None:
    assert statement(text) == literal


def test_a_call_with_names_has_a_line_for_each() -> None:
    made = Call("f", ("a",), {"b": Code("c.d"), "e": [1]})
    assert statement(made, target="x") == 'x = f(\n    "a",\n    b=c.d,\n    e=[1],\n)'
    assert statement(Call("f", ("a", Call("g")))) == 'f("a", g())'
