"""Programs in TypeScript and JavaScript."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final

from tree_sitter import Node as Syntax

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
from apex_guardrails.sources.offline.edits.syntax import (
    COMMENT,
    line_of,
    literal_text,
    parsed,
    parts,
    span,
    text_of,
    walk,
)

_PLAIN: Final = re.compile(r"[A-Za-z_$][\w$]*")
_LITERALS: Final = frozenset({"true", "false", "number", "string", "null", "undefined"})
_NULLS: Final = frozenset({"null", "undefined"})


class EcmaScriptProgram:
    """A parsed file."""

    def __init__(self, content: bytes, language: Callable[[], object]) -> None:
        """Parses it.

        Raises:
            ValueError: it is not in the language, or not UTF-8.
        """
        self._content = content
        self.calls = Calls()
        for node in walk(parsed(content, language)):
            made = node.child_by_field_name("constructor")
            if node.type == "new_expression" and made is not None:
                given = parts(node.child_by_field_name("arguments"))
                name = literal_text(given[0], "string") if given else None
                call = Call(node.start_byte, name, partial(self._inputs, node))
                self.calls.add(line_of(node), text_of(made).rpartition(".")[2], call)

    def _inputs(self, call: Syntax) -> Node:
        arguments = call.child_by_field_name("arguments")
        given = parts(arguments)
        if len(given) > 1:
            return self._node(given[1])
        if arguments is None or len(given) != 1:
            return Other("is made elsewhere")

        def add(missing: Mapping[Name, Any]) -> list[Edit]:
            inner = (arguments.start_byte + 1, arguments.end_byte - 1)
            brackets = Brackets(self._content, inner, [span(given[0])], COMMENT)
            return brackets.add([_written(dict(missing))])

        is_spread = given[0].type == "spread_element"
        return Holder(lambda _: None, add, not is_spread)

    def _node(self, node: Syntax) -> Node:
        if node.type in _LITERALS:
            return Literal(lambda value: [Edit(*span(node), _written(value))], node.type in _NULLS)
        if node.type == "object":
            return self._object(node)
        if node.type == "array":
            return self._array(node)
        return Other()

    def _object(self, node: Syntax) -> Holder:
        items = parts(node)
        spreads = [at for at, item in enumerate(items) if item.type == "spread_element"]

        def member(step: Name | int) -> Node | None:
            if isinstance(step, int):
                return Other()
            found = [at for at, item in enumerate(items) if _key(item) == step.text]
            if not found:
                return None
            if spreads and spreads[-1] > found[-1]:
                return Other("may be set again by what is spread behind it")
            value = items[found[-1]].child_by_field_name("value")
            return Other() if value is None else self._node(value)

        def add(missing: Mapping[Name, Any]) -> list[Edit]:
            inner = (node.start_byte + 1, node.end_byte - 1)
            brackets = Brackets(self._content, inner, list(map(span, items)), COMMENT, " ")
            return brackets.add([_pair(name, value) for name, value in missing.items()])

        return Holder(member, add, all(_key(item) is not None for item in items))

    def _array(self, node: Syntax) -> Holder:
        items = parts(node)
        is_spread = any(item.type == "spread_element" for item in items)
        return elements([] if is_spread else items, self._node)


def _key(item: Syntax) -> str | None:
    """The name of a member; `None` where it is computed, or taken from elsewhere."""
    if item.type == "shorthand_property_identifier":
        return text_of(item)
    key = item.child_by_field_name("key") if item.type == "pair" else None
    if key is None:
        return None
    return text_of(key) if key.type == "property_identifier" else literal_text(key, "string")


def _pair(name: Name, value: Any) -> str:
    key = name.text if _PLAIN.fullmatch(name.text) else json.dumps(name.text)
    return f"{key}: {_written(value)}"


def _written(value: Any) -> str:
    if isinstance(value, dict):
        return f"{{ {', '.join(_pair(name, part) for name, part in value.items())} }}"
    return json.dumps(leaf(value))
