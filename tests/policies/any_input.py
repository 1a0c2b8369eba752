"""Inputs of a type, and documents, with any value at any place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from hypothesis import strategies as st

from apex_guardrails.model import UNKNOWN, Secret
from apex_guardrails.provider import Field

VALUES: tuple[Any, ...] = (
    *("", "x", "-1", "NaN", "1e999", "us-central1-a", 0, 1, -1, 2.5, 10**30, float("inf")),
    *(True, False, None, UNKNOWN, Secret("s"), Secret(UNKNOWN)),
    *([], {}, [1], [None], [UNKNOWN], ["x"], [[]], {"x": 1}, {"x": UNKNOWN}),
)


def inputs(fields: Mapping[str, Field], value: Any, depth: int = 3) -> Iterator[dict[str, Any]]:
    """Inputs with a value at one place, which may be deep inside."""
    for name, field in fields.items():
        yield {name: value}
        if depth and "fields" in field:
            for inner in inputs(field["fields"], value, depth - 1):
                yield {name: inner}
                if field.get("type") == "list":
                    yield {name: [inner]}


def places(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place in a document."""
    yield at
    if isinstance(value, list):
        value = dict(enumerate(value))
    for key, member in value.items() if isinstance(value, dict) else ():
        yield from places(member, (*at, key))


def anything(texts: Sequence[str], keys: Sequence[str]) -> st.SearchStrategy[Any]:
    """Any JSON, with texts and keys in it that mean something to who reads it."""
    scalars = st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.floats(allow_nan=False, allow_infinity=False),
        st.text(max_size=5),
        st.sampled_from(texts),
    )
    return st.recursive(
        scalars,
        lambda inner: st.one_of(
            st.lists(inner, max_size=3),
            st.dictionaries(
                st.one_of(st.text(max_size=3), st.sampled_from(keys)), inner, max_size=3
            ),
        ),
        max_leaves=5,
    )
