"""Programs in YAML, and in JSON, which is YAML."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import partial
from typing import Any, Final

import yaml

from apex_guardrails.sources.offline.edits.edit import Edit
from apex_guardrails.sources.offline.edits.nodes import (
    NOT_THERE,
    Call,
    Calls,
    Holder,
    Literal,
    Name,
    Node,
    Other,
    elements,
    leaf,
)

_PLAIN: Final = re.compile(r"[A-Za-z][\w-]*")
_WORDS: Final = frozenset({"true", "false", "yes", "no", "on", "off", "null", "y", "n"})


class YamlProgram:
    """A parsed file."""

    def __init__(self, content: bytes, *, is_json: bool = False) -> None:
        """Parses it.

        Raises:
            ValueError: it is no YAML, or not UTF-8.
        """
        self._content = content
        self._text = content.decode("utf-8")
        self._is_json = is_json
        self.calls = Calls()
        try:
            root = yaml.compose(self._text, Loader=yaml.SafeLoader)
        except yaml.YAMLError as error:
            raise ValueError(str(error)) from None
        for key, value in _entries(_member(root, "resources")):
            made = _member(value, "type")
            if isinstance(made, yaml.ScalarNode) and isinstance(key, yaml.ScalarNode):
                call = Call(self._at(key.start_mark), key.value, partial(self._inputs, value))
                self.calls.add(key.start_mark.line + 1, made.value.rpartition(":")[2], call)

    def _inputs(self, resource: yaml.Node) -> Node:
        given = _member(resource, "properties")
        if given is not None:
            return self._node(given)
        whole = self._mapping(resource)
        return Holder(
            lambda _: None,
            lambda missing: whole.add({Name("properties"): dict(missing)}),
            whole.is_whole,
        )

    def _node(self, node: yaml.Node) -> Node:
        start, end = self._at(node.start_mark), self._at(node.end_mark)
        if self._content[start : start + 1] in {b"&", b"*", b"!"}:
            return Other("is used elsewhere, too")
        if isinstance(node, yaml.MappingNode):
            if any(getattr(key, "value", "").startswith("fn::") for key, _ in node.value):
                return Other()
            return self._mapping(node)
        if isinstance(node, yaml.SequenceNode):
            return self._sequence(node)
        style = getattr(node, "style", None)
        if style in {"|", ">"} or "${" in node.value or start == end:
            return Other()
        is_quoted = style is not None
        return Literal(lambda value: [Edit(start, end, self._written(value, is_quoted))])

    def _mapping(self, node: yaml.Node) -> Holder:
        entries = list(_entries(node))
        is_flow = bool(getattr(node, "flow_style", False))
        is_whole = isinstance(node, yaml.MappingNode) and all(
            isinstance(key, yaml.ScalarNode) and key.value != "<<" for key, _ in entries
        )

        def member(step: Name | int) -> Node | None:
            if isinstance(step, int):
                return Other()
            for key, value in entries:
                if key.value == step.text:
                    # What an alias stands for is elsewhere.
                    is_here = value.start_mark.index >= key.end_mark.index
                    return self._node(value) if is_here else Other("is used elsewhere, too")
            return None

        def add(missing: Mapping[Name, Any]) -> list[Edit]:
            pairs = [self._pair(name, value) for name, value in missing.items()]
            if is_flow:
                at = self._at(node.start_mark) + 1
                return [Edit(at, at, ", ".join(pairs) + (", " if entries else ""))]
            # In front of the first entry: where a block ends is less certain.
            first = entries[0][0].start_mark
            newline = "\r\n" if b"\r\n" in self._content else "\n"
            text = "".join(f"{pair}{newline}{' ' * first.column}" for pair in pairs)
            return [Edit(self._at(first), self._at(first), text)]

        return Holder(member, add, is_whole and (is_flow or bool(entries)))

    def _sequence(self, node: yaml.SequenceNode) -> Holder:
        def element(value: yaml.Node) -> Node:
            # What an alias stands for is elsewhere.
            is_here = value.start_mark.index >= node.start_mark.index
            return self._node(value) if is_here else Other(NOT_THERE)

        return elements(node.value, element)

    def _pair(self, name: Name, value: Any) -> str:
        key = name.text if _is_plain(name.text) and not self._is_json else json.dumps(name.text)
        return f"{key}: {self._written(value)}"

    def _written(self, value: Any, is_quoted: bool = False) -> str:  # noqa: FBT001, FBT002 one private caller
        if isinstance(value, dict):
            return f"{{{', '.join(self._pair(name, part) for name, part in value.items())}}}"
        plain = leaf(value)
        if isinstance(plain, str) and _is_plain(plain) and not (is_quoted or self._is_json):
            return plain
        return json.dumps(plain)

    def _at(self, mark: yaml.Mark) -> int:
        return len(self._text[: mark.index].encode())


def _is_plain(text: str) -> bool:
    return _PLAIN.fullmatch(text) is not None and text.lower() not in _WORDS


def _entries(node: yaml.Node | None) -> list[tuple[yaml.Node, yaml.Node]]:
    return list(node.value) if isinstance(node, yaml.MappingNode) else []


def _member(node: yaml.Node | None, name: str) -> yaml.Node | None:
    return next((value for key, value in _entries(node) if key.value == name), None)
