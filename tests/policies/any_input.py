"""Inputs of a type with any value at any place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

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
