"""Expressions of any language on lines."""

from __future__ import annotations

import ast
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apex_guardrails.model.case import fails
from apex_guardrails.scaffold.programs.layout import WIDTH, Group, Layout, Node
from tests.policies.scaffold.shown import source

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


def literal(value: Any) -> str:
    """What a program in Python has for a value."""
    written = source("python", fails(_outputs={"x": value})).partition("\n\n")[2]
    return written.removeprefix("pulumi.export(").removesuffix(")\n")


@given(values)
def test_a_value_is_read_as_what_it_was(value: Any) -> None:
    assert ast.literal_eval(f"({literal(value)})") == ("x", value)


@given(st.lists(st.text("ab", max_size=12), max_size=30))
def test_no_line_is_too_long_that_can_be_split(words: list[str]) -> None:
    group = Group("words = [", [("", f'"{word}"') for word in words], "]")
    lines = Layout().written(group).splitlines()
    assert all(len(line) <= WIDTH for line in lines)
    # And none is split that need not be.
    assert len(lines) == 1 or len("words = []") + sum(len(word) + 4 for word in words) - 2 > WIDTH


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("a", '"a"'),
        ("it's", '"it\'s"'),
        ('say "a"', "'say \"a\"'"),
        ('"it\'s"', "'\"it\\'s\"'"),
        ("\\n\n", '"\\\\n\\n"'),
    ],
)
def test_a_text_has_the_quotes_that_need_fewer_backslashes(text: str, written: str) -> None:
    assert literal(text) == f'"x", {written}'


def test_values_are_in_one_column_until_one_has_several_lines() -> None:
    inner = Group("X{", [("F: ", "1")], "}", is_split=True)
    parts: list[tuple[str, Node]] = [
        ("A: ", "1"),
        ("Bcd: ", "2"),
        ("E: ", inner),
        ("Fg: ", "3"),
        ("H: ", "4"),
    ]
    written = Layout(indent="\t", is_aligned=True).written(Group("Y{", parts, "}", is_split=True))
    assert written == "Y{\n\tA:   1,\n\tBcd: 2,\n\tE: X{\n\t\tF: 1,\n\t},\n\tFg: 3,\n\tH:  4,\n}"
