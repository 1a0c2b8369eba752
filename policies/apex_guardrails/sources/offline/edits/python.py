"""Programs in Python, by its own parser."""

from __future__ import annotations

import ast
import json
import keyword
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, Final

from apex_guardrails.sources.offline.edits.brackets import Brackets
from apex_guardrails.sources.offline.edits.edit import Edit
from apex_guardrails.sources.offline.edits.nodes import (
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
from apex_guardrails.support.names import snake_case

_COMMENT: Final = rb"#[^\n]*"


class PythonProgram:
    """A parsed file."""

    def __init__(self, content: bytes) -> None:
        """Parses it.

        Raises:
            SyntaxError: it is not Python.
            ValueError: it is not UTF-8.
            RecursionError: it is nested too deeply.
        """
        content.decode("utf-8")
        if content.startswith(b"\xef\xbb\xbf"):
            raise ValueError("begins with a byte order mark")
        self._content = content
        self._lines = [0]
        for line in content.split(b"\n"):
            self._lines.append(self._lines[-1] + len(line) + 1)
        self.calls = Calls()
        for node in ast.walk(ast.parse(content)):
            if isinstance(node, ast.Call):
                made = Call(self._span(node)[0], _resource_name(node), partial(self._inputs, node))
                self.calls.add(node.lineno, _called(node), made)

    def _inputs(self, call: ast.Call) -> Node:
        """What a resource is given: the call's own keywords, or an object of arguments."""
        given = [word.value for word in call.keywords if word.arg == "args"]
        given += [item for item in call.args[1:] if _name_of(item) != "ResourceOptions"]
        if not given:
            return self._keywords(call, own=call.args[:1])
        made = given[0]
        if isinstance(made, ast.Call) and _called(made).endswith("Args"):
            return self._keywords(made)
        return Other("is made elsewhere")

    def _node(self, node: ast.expr) -> Node:
        if isinstance(node, ast.Constant):
            return Literal(
                lambda value: [Edit(*self._span(node), _written(value))], node.value is None
            )
        if isinstance(node, ast.Dict):
            return self._mapping(node)
        if isinstance(node, ast.List | ast.Tuple):
            is_unpacked = any(isinstance(item, ast.Starred) for item in node.elts)
            return elements([] if is_unpacked else node.elts, self._node)
        if isinstance(node, ast.Call) and (_called(node) == "dict" or _is_arguments(node)):
            return self._keywords(node)
        return Other()

    def _keywords(self, call: ast.Call, own: Sequence[ast.expr] = ()) -> Holder:
        """The keywords of a call; `own` are arguments that are no inputs."""

        def member(step: Name | int) -> Node | None:
            if isinstance(step, int):
                return Other()
            spelt = _spelt(step)
            found = [word.value for word in call.keywords if word.arg in spelt]
            return self._node(found[0]) if found else None

        def add(missing: Mapping[Name, Any]) -> list[Edit]:
            texts = [f"{_spelt(name)[0]}={_written(value)}" for name, value in missing.items()]
            return self._within(call, self._after(call.func), items).add(texts)

        items = [
            *map(self._span, call.args),
            *((self._span(word)[0], self._span(word.value)[1]) for word in call.keywords),
        ]
        is_whole = len(call.args) <= len(own) + sum(
            _name_of(item) == "ResourceOptions" for item in call.args
        )
        return Holder(member, add, is_whole and all(word.arg for word in call.keywords))

    def _mapping(self, node: ast.Dict) -> Holder:
        spreads = [index for index, key in enumerate(node.keys) if key is None]

        def member(step: Name | int) -> Node | None:
            if isinstance(step, int):
                return Other()
            spelt = _spelt(step)
            found = [
                index
                for index, key in enumerate(node.keys)
                if isinstance(key, ast.Constant) and key.value in spelt
            ]
            if not found:
                return None
            if spreads and spreads[-1] > found[-1]:
                return Other("may be set again by what is unpacked behind it")
            return self._node(node.values[found[-1]])

        def add(missing: Mapping[Name, Any]) -> list[Edit]:
            texts = [
                f"{json.dumps(_spelt(name)[0])}: {_written(value)}"
                for name, value in missing.items()
            ]
            return self._within(node, self._span(node)[0], items).add(texts)

        items = [
            (self._span(key)[0], self._span(value)[1])
            for key, value in zip(node.keys, node.values, strict=True)
            if key is not None
        ]
        is_whole = all(isinstance(key, ast.Constant) for key in node.keys)
        return Holder(member, add, is_whole)

    def _within(self, node: ast.expr, opening: int, items: Sequence[tuple[int, int]]) -> Brackets:
        """The brackets of a call or a dict, of which the one that opens is at a byte."""
        inner = (opening + 1, self._span(node)[1] - 1)
        return Brackets(self._content, inner, sorted(items), _COMMENT)

    def _after(self, function: ast.expr) -> int:
        """The bracket that opens a call."""
        return self._content.index(b"(", self._span(function)[1])

    def _span(self, node: ast.expr | ast.keyword) -> tuple[int, int]:
        assert node.end_lineno is not None  # noqa: S101 Python's own parser says where all ends
        assert node.end_col_offset is not None  # noqa: S101 the same
        return (
            self._lines[node.lineno - 1] + node.col_offset,
            self._lines[node.end_lineno - 1] + node.end_col_offset,
        )


def _called(call: ast.Call) -> str:
    """The last name of what is called."""
    function = call.func
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def _name_of(node: ast.expr) -> str:
    return _called(node) if isinstance(node, ast.Call) else ""


def _is_arguments(call: ast.Call) -> bool:
    """Whether it makes an object of the SDK's, of one of its two kinds."""
    return _called(call).endswith(("Args", "ArgsDict"))


def _resource_name(call: ast.Call) -> str | None:
    """A resource's name, where the call has it as a text."""
    named = [word.value for word in call.keywords if word.arg == "resource_name"]
    first = (call.args or named)[:1]
    if first and isinstance(first[0], ast.Constant) and isinstance(first[0].value, str):
        return first[0].value
    return None


def _spelt(name: Name) -> list[str]:
    """What a program may write for a name, what it should write first."""
    if name.is_key:
        return [name.text]
    snake = snake_case(name.text)
    return [f"{snake}_" if keyword.iskeyword(snake) else snake, name.text]


def _written(value: Any) -> str:
    if isinstance(value, dict):
        members = (
            f"{json.dumps(_spelt(name)[0])}: {_written(part)}" for name, part in value.items()
        )
        return f"{{{', '.join(members)}}}"
    plain = leaf(value)
    return json.dumps(plain) if isinstance(plain, str) else repr(plain)
