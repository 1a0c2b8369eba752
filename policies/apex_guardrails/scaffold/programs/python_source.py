"""Python expressions, written as Ruff formats them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

WIDTH: Final = 88
"""Columns of a line, Ruff's default."""

_INDENT: Final = "    "


@dataclass(frozen=True)
class Code:
    """An expression that stands as it is, such as the name of a variable."""

    text: str


@dataclass(frozen=True)
class Call:
    """A call.

    Attributes:
        function: what is called.
        arguments: by position.
        keywords: by name.
    """

    function: str
    arguments: Sequence[Any] = ()
    keywords: Mapping[str, Any] = field(default_factory=dict)


def statement(value: Any, *, target: str = "") -> str:
    """An expression as a statement; a call with keywords has each argument on a line.

    Args:
        value: made of `Code`, `Call`, mappings, sequences, and plain values.
        target: the variable that it is assigned to; "" for none.
    """
    start = f"{target} = " if target else ""
    if isinstance(value, Call) and value.keywords:
        return start + _split(value, 0)
    return start + _written(value, 0, len(start))


def _written(value: Any, depth: int, used: int) -> str:
    """The expression, in one line where that is not too long.

    Args:
        value: the expression.
        depth: how deep its line is indented.
        used: the columns that the line has besides, the indent among them.
    """
    flat = _flat(value)
    return flat if used + len(flat) <= WIDTH or not _parts(value) else _split(value, depth)


def _split(value: Any, depth: int) -> str:
    """The expression with each part on a line of its own."""
    inner = _INDENT * (depth + 1)
    lines = [
        f"{inner}{label}{_written(part, depth + 1, len(inner) + len(label) + 1)},\n"
        for label, part in _parts(value)
    ]
    opening, closing = _brackets(value)
    return f"{opening}\n{''.join(lines)}{_INDENT * depth}{closing}"


def _flat(value: Any) -> str:
    if isinstance(value, Code):
        return value.text
    if isinstance(value, str):
        return _text(value)
    if not isinstance(value, Call | Mapping | Sequence):
        return repr(value)
    opening, closing = _brackets(value)
    return f"{opening}{', '.join(label + _flat(part) for label, part in _parts(value))}{closing}"


def _parts(value: Any) -> list[tuple[str, Any]]:
    """What is between the brackets, each with what stands before it."""
    return list(_each_part(value))


def _each_part(value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, Call):
        yield from (("", item) for item in value.arguments)
        yield from ((f"{name}=", item) for name, item in value.keywords.items())
    elif isinstance(value, Mapping):
        yield from ((f"{_text(str(key))}: ", item) for key, item in value.items())
    elif isinstance(value, Sequence) and not isinstance(value, str):
        yield from (("", item) for item in value)


def _brackets(value: Any) -> tuple[str, str]:
    if isinstance(value, Call):
        return f"{value.function}(", ")"
    return ("{", "}") if isinstance(value, Mapping) else ("[", "]")


def _text(text: str) -> str:
    """The literal, in the quotes that need fewer backslashes; double ones if that is even."""
    single = repr(f'"{text}')  # Python takes single quotes where there is a double one
    single = single.replace('"', "", 1)
    if text.count('"') > text.count("'"):
        return single
    return '"' + single[1:-1].replace("\\'", "'").replace('"', '\\"') + '"'
