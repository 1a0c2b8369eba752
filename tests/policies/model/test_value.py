"""Paths and values."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apex_guardrails.model.value import (
    UNKNOWN,
    Asset,
    Leaf,
    Secret,
    from_json,
    join_path,
    leaves,
    parse_path,
    unwrap,
)

STEPS = st.one_of(st.text(alphabet='abZ_-09 .[]"\\\n'), st.integers(0, 99))


@pytest.mark.parametrize(
    ("path", "steps"),
    [
        ("name", ("name",)),
        ("settings.databaseFlags[0].name", ("settings", "databaseFlags", 0, "name")),
        ('labels["a.b"]', ("labels", "a.b")),
        ("a[0][1]", ("a", 0, 1)),
        ('labels["a.\\"b\\""]', ("labels", 'a."b"')),
        ('labels[""]', ("labels", "")),
        ("run.googleapis-com.x", ("run", "googleapis-com", "x")),
    ],
)
def test_a_path_is_its_steps(path: str, steps: tuple[str | int, ...]) -> None:
    assert parse_path(path) == steps


@pytest.mark.parametrize("text", ["", ".", "a.", "a..b", "a[", "a[x]", "[]", 'a["b"'])
def test_what_is_no_path(text: str) -> None:
    with pytest.raises(ValueError, match="not a property path"):
        parse_path(text)


@given(st.text(), st.lists(STEPS))
def test_a_path_is_taken_apart_as_it_was_joined(first: str, steps: list[str | int]) -> None:
    path = join_path("", first)
    for step in steps:
        path = join_path(path, step)

    assert parse_path(path) == (first, *steps)


@pytest.mark.parametrize("text", ["", "{", "[" * 100_000, '{"a":' * 100_000])
def test_what_is_no_json(text: str) -> None:
    with pytest.raises(ValueError, match=r"Expecting|too deeply"):
        from_json(text)


def test_json() -> None:
    assert from_json('{"a": [1, null]}') == {"a": [1, None]}


def test_leaves_come_with_path_and_mark_in_order() -> None:
    value = {
        "a": Secret({"b": [1, UNKNOWN]}),
        "c.d": Secret(Secret("x")),
        "e": [],
        "f": Asset(text="t"),
    }

    assert list(leaves(value)) == [
        Leaf("a.b[0]", 1, is_secret=True),
        Leaf("a.b[1]", UNKNOWN, is_secret=True),
        Leaf('["c.d"]', "x", is_secret=True),
        Leaf("f", Asset(text="t"), is_secret=False),
    ]


def test_a_secret_is_unwrapped_whole_and_never_shown() -> None:
    assert unwrap(Secret(Secret(3))) == 3
    assert "hush" not in repr(Secret("hush"))
    assert repr(UNKNOWN) == "UNKNOWN"
