"""Programs in Go."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import partial
from typing import Any, Final

from tree_sitter import Node as Syntax

from apex_guardrails.sources.offline.edits.brackets import Brackets
from apex_guardrails.sources.offline.edits.edit import ByHandError, Edit
from apex_guardrails.sources.offline.edits.nodes import (
    Call,
    Calls,
    Empty,
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
from apex_guardrails.support.names import exported

_LITERALS: Final = frozenset({"true", "false", "int_literal", "float_literal"}) | {
    "interpreted_string_literal",
    "raw_string_literal",
}
_WRAPPERS: Final = re.compile(r"pulumi\.(Bool|String|Int|Float64)(Ptr)?")
_STRUCT: Final = re.compile(r"(?P<package>\w+)\.(?P<kind>\w+)Args")
_SDK: Final = b'"github.com/pulumi/pulumi/sdk/v3/go/pulumi"'


def _go() -> object:
    import tree_sitter_go

    return tree_sitter_go.language()


class GoProgram:
    """A parsed file."""

    def __init__(self, content: bytes) -> None:
        """Parses it.

        Raises:
            ValueError: it is not Go.
        """
        self._content = content
        self.calls = Calls()
        for node in walk(parsed(content, _go)):
            function = node.child_by_field_name("function")
            if node.type != "call_expression" or function is None:
                continue
            package, _, made = text_of(function).rpartition(".")
            given = parts(node.child_by_field_name("arguments"))
            if made.startswith("New") and len(given) > 2:  # noqa: PLR2004 the context, the name and the inputs
                kind = made.removeprefix("New")
                inputs = partial(self._inputs, given[2], f"{package}.{kind}Args")
                name = literal_text(given[1], "interpreted_string_literal")
                self.calls.add(line_of(node), kind, Call(node.start_byte, name, inputs))

    def _inputs(self, node: Syntax, kind: str) -> Node:
        if node.type != "nil":
            return self._node(node)
        return Holder(
            lambda _: None,
            lambda missing: [Edit(*span(node), self._struct(kind, dict(missing)))],
        )

    def _node(self, node: Syntax) -> Node:
        if node.type == "unary_expression":
            operand = node.child_by_field_name("operand")
            return Other() if operand is None else self._node(operand)
        if node.type == "nil":
            return Other("is nil")
        if node.type == "composite_literal":
            return self._composite(node)
        if node.type == "call_expression":
            return self._wrapped(node)
        return Other()

    def _wrapped(self, node: Syntax) -> Node:
        """A literal in one of the SDK's types, such as `pulumi.Bool(false)`."""
        function = node.child_by_field_name("function")
        given = parts(node.child_by_field_name("arguments"))
        wrapper = _WRAPPERS.fullmatch(text_of(function)) if function else None
        if wrapper is None or len(given) != 1 or given[0].type not in _LITERALS:
            return Other()

        def replace(value: Any) -> list[Edit]:
            if isinstance(value, dict | Empty) or wrapper[1] != _kind(value):
                raise ByHandError("it has another type there")
            return [Edit(*span(given[0]), json.dumps(value))]

        return Literal(replace)

    def _composite(self, node: Syntax) -> Node:
        body = node.child_by_field_name("body")
        named = node.child_by_field_name("type")
        if body is None or named is None:
            return Other()
        kind, items = text_of(named), parts(body)
        if any(item.type != "keyed_element" for item in items):
            return elements(items, lambda item: self._node(parts(item)[0]))

        def member(step: Name | int) -> Node | None:
            if isinstance(step, int):
                return Other()
            spelt = json.dumps(step.text) if step.is_key else exported(step.text)
            found = [parts(item) for item in items if text_of(parts(item)[0]) == spelt]
            return self._node(parts(found[0][1])[0]) if found else None

        def add(missing: Mapping[Name, Any]) -> list[Edit]:
            inner = (body.start_byte + 1, body.end_byte - 1)
            texts = [self._field(kind, name, value) for name, value in missing.items()]
            return Brackets(self._content, inner, list(map(span, items)), COMMENT).add(texts)

        return Holder(member, add)

    def _field(self, kind: str, name: Name, value: Any) -> str:
        """A member of a struct or of a map, as its type wants it.

        Raises:
            ByHandError: nobody here knows that type.
        """
        if name.is_key:
            if kind != "pulumi.StringMap":
                raise ByHandError(f"a member of {kind}")
            return f"{json.dumps(name.text)}: {self._scalar(value)}"
        field = exported(name.text)
        struct = _STRUCT.fullmatch(kind)
        if struct is None:
            raise ByHandError(f"a member of {kind}")
        if isinstance(value, dict) and all(inner.is_key for inner in value):
            return f"{field}: {self._map(value)}"
        if isinstance(value, dict | Empty):
            inner_kind = f"{struct['package']}.{struct['kind']}{field}Args"
            members = value if isinstance(value, dict) else {}
            return f"{field}: {self._struct(inner_kind, members)}"
        return f"{field}: {self._scalar(value)}"

    def _struct(self, kind: str, members: Mapping[Name, Any]) -> str:
        fields = ", ".join(self._field(kind, name, value) for name, value in members.items())
        return f"&{kind}{{{fields}}}"

    def _map(self, members: Mapping[Name, Any]) -> str:
        pairs = ", ".join(
            self._field("pulumi.StringMap", name, value) for name, value in members.items()
        )
        return f"pulumi.StringMap{{{pairs}}}"

    def _scalar(self, value: Any) -> str:
        if _SDK not in self._content or isinstance(value, dict | Empty):
            raise ByHandError("the file does not know Pulumi's types under their usual name")
        return f"pulumi.{_kind(value)}({json.dumps(leaf(value))})"


def _kind(value: Any) -> str:
    if isinstance(value, bool):
        return "Bool"
    if isinstance(value, int):
        return "Int"
    return "Float64" if isinstance(value, float) else "String"
