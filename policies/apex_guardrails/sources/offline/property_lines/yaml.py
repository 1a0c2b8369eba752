"""A program in YAML, or in JSON, which is YAML."""

from __future__ import annotations

from collections.abc import Iterator

import yaml

_TOO_LARGE = 4 * 1024 * 1024
"""Bytes."""


class YamlSource:
    """A parsed file."""

    def __init__(self, content: bytes) -> None:
        """Parses it.

        Raises:
            ValueError: it is no YAML, or too large for a program.
        """
        if len(content) > _TOO_LARGE:
            raise ValueError("too large")
        try:
            root = yaml.compose(content, Loader=yaml.SafeLoader)
        except yaml.YAMLError as error:
            raise ValueError(str(error)) from None
        self._entries = list(_entries(root)) if root else []

    def lines_setting(self, name: str) -> list[int]:
        """The lines on which a key is called so."""
        return sorted({_first_line(key) for key, _ in self._entries if key.value == name})

    def call_at(self, line: int) -> range:
        """The lines of the entry that begins on a line, such as a resource."""
        ends = (_last_line(value) for key, value in self._entries if _first_line(key) == line)
        return range(line, max(ends, default=line - 1) + 1)


def _entries(root: yaml.Node) -> Iterator[tuple[yaml.ScalarNode, yaml.Node]]:
    seen: set[int] = set()
    nodes = [root]
    while nodes:
        node = nodes.pop()
        # What an alias stands for is the same node.
        if id(node) in seen:
            continue
        seen.add(id(node))
        if isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                if isinstance(key, yaml.ScalarNode):
                    yield key, value
                nodes.append(value)
        elif isinstance(node, yaml.SequenceNode):
            nodes += node.value


def _first_line(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1


def _last_line(node: yaml.Node) -> int:
    """A block ends where the next token begins, at the start of that line."""
    end = node.end_mark
    return int(end.line) + (1 if end.column else 0)
