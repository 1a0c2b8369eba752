"""Expressions of any language, laid out: on one line where that is short enough."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

WIDTH: Final = 88
"""Columns of a line, Ruff's default."""


@dataclass(frozen=True)
class Group:
    """What stands between brackets.

    Attributes:
        opening: the bracket, and what is called or made before it.
        parts: each with its label, such as `name=` or `name: `; "" for none.
        closing: the bracket, and what follows it.
        padding: what is between the brackets and the parts on one line.
        is_split: each part has a line of its own, however short it is.
    """

    opening: str
    parts: Sequence[tuple[str, Node]]
    closing: str
    padding: str = ""
    is_split: bool = False


Node = str | Group
"""An expression; a text stands as it is."""


@dataclass(frozen=True)
class Layout:
    """How a language's formatter breaks lines.

    Attributes:
        indent: of one level.
        is_aligned: values behind labels start in one column, as gofmt has them.
    """

    indent: str = "    "
    is_aligned: bool = False

    def written(self, node: Node, *, depth: int = 0, used: int = 0) -> str:
        """The expression as code; lines after its first are indented.

        Args:
            node: the expression.
            depth: how deep its line is indented.
            used: the columns that the line has besides, the indent among them.
        """
        if not isinstance(node, Group) or not node.parts:
            return _flat(node)
        if not _is_split(node) and used + len(flat := _flat(node)) <= WIDTH:
            return flat
        inner = self.indent * (depth + 1)
        parts = []
        for label, part in node.parts:
            before = len(inner.expandtabs(4)) + len(label) + 1
            parts.append((label, self.written(part, depth=depth + 1, used=before)))
        lines = (f"{inner}{label}{text},\n" for label, text in self._aligned(parts))
        return f"{node.opening}\n{''.join(lines)}{self.indent * depth}{node.closing}"

    def _aligned(self, parts: Sequence[tuple[str, str]]) -> Sequence[tuple[str, str]]:
        """The parts with labels as wide as those beside them; one of many lines ends a column."""
        if not self.is_aligned:
            return parts
        aligned: list[tuple[str, str]] = []
        column: list[tuple[str, str]] = []
        for label, text in (*parts, ("", "\n")):
            if "\n" not in text:
                column.append((label, text))
                continue
            width = max((len(label) for label, _ in column), default=0)
            aligned.extend((label.ljust(width), text) for label, text in column)
            aligned.append((label, text))
            column = []
        return aligned[:-1]


def _is_split(node: Node) -> bool:
    return (
        isinstance(node, Group)
        and bool(node.parts)
        and (node.is_split or any(_is_split(part) for _, part in node.parts))
    )


def _flat(node: Node) -> str:
    if isinstance(node, str):
        return node
    inner = ", ".join(label + _flat(part) for label, part in node.parts)
    padding = node.padding if inner else ""
    return f"{node.opening}{padding}{inner}{padding}{node.closing}"
