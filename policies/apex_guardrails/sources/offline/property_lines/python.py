"""Python, by its own parser."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from apex_guardrails.support.names import snake_case


class PythonSource:
    """A parsed Python file."""

    def __init__(self, content: bytes) -> None:
        """Parses it.

        Raises:
            SyntaxError: it is not Python.
            ValueError: it is no text.
            RecursionError: it is nested too deeply.
        """
        self._tree = ast.parse(content)

    def lines_setting(self, name: str) -> list[int]:
        """The lines of keyword arguments and of keys of a dict that are called so."""
        return list(self._lines({name, snake_case(name)}))

    def _lines(self, names: set[str]) -> Iterator[int]:
        for node in ast.walk(self._tree):
            if isinstance(node, ast.keyword) and node.arg in names:
                yield node.lineno
            elif isinstance(node, ast.Dict):
                for key in node.keys:
                    if isinstance(key, ast.Constant) and key.value in names:
                        yield key.lineno

    def call_at(self, line: int) -> range:
        """The lines of the outermost call that begins on a line."""
        ends = [
            node.end_lineno or 0
            for node in ast.walk(self._tree)
            if isinstance(node, ast.Call) and node.lineno == line
        ]
        return range(line, max(ends, default=line - 1) + 1)
