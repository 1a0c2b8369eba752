"""What form a Go program takes config for: its SDK reads a number or an object, or fails."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from apex_guardrails.sources.offline.go_programs.files import GoFile, GoProgram
from apex_guardrails.sources.offline.project import ConfigType, Declaration
from apex_guardrails.sources.offline.stack_config import StackConfig

if TYPE_CHECKING:
    from tree_sitter import Node

_READS: Final = re.compile(rb"\.(?:Require|Get|Try)(?:Secret)?(Int|Float64|Bool|Object)\(")

_CONVERTS: Final = re.compile(rb"strconv\.|json\.Unmarshal\(")
_TEXT: Final = re.compile(rb"\.(?:Require|Get|Try)(?:Secret)?$")

_CALL: Final = """
(call_expression
  function: (selector_expression field: (_) @method)
  (#match? @method "^(Require|Get|Try)(Secret)?(Int|Float64|Bool|Object)$")
  arguments: (argument_list (interpreted_string_literal) @key) @arguments)
"""

_CONVERTED: Final = """
(call_expression
  function: (selector_expression operand: (identifier) @package field: (_) @method)
  (#eq? @package "strconv")
  (#match? @method "^(Atoi|Parse(Int|Uint|Float|Bool))$")
  arguments: (argument_list . (_) @given) @arguments)
"""

_PARSED: Final = """
(call_expression
  function: (selector_expression operand: (identifier) @package field: (_) @method)
  (#eq? @package "json")
  (#eq? @method "Unmarshal")
  arguments: (argument_list . (type_conversion_expression operand: (_) @given)) @arguments)
"""

_DEFINED: Final = """
(short_var_declaration
  left: (expression_list . (identifier) @name) right: (expression_list . (_) @value))
(var_spec name: (identifier) @name value: (expression_list . (_) @value))
"""

_APPLIED: Final = """
(call_expression
  function: (selector_expression operand: (_) @value field: (_) @apply)
  (#match? @apply "^Apply")
  arguments: (argument_list
    (func_literal parameters: (parameter_list
      . (parameter_declaration name: (identifier) @name)))))
"""

_VARIABLE: Final = """
(var_spec name: (identifier) @name type: (_) @type)
(short_var_declaration
  left: (expression_list . (identifier) @name)
  right: (expression_list . [
    (composite_literal type: (_) @type)
    (unary_expression operand: (composite_literal type: (_) @type))
    (call_expression function: (identifier) @new (#eq? @new "new")
      arguments: (argument_list (type_identifier) @type))]))
"""

_TYPE: Final = "(type_spec name: (_) @name type: (_) @type)"

_FORMS: Final[Mapping[bytes, ConfigType]] = {
    b"Int": "integer",
    b"Float64": "integer",
    b"Bool": "boolean",
    b"Object": "object",
}

_DEEPEST: Final = 8
"""Of types in types: one may be in itself."""


def with_forms(config: StackConfig, program: GoProgram) -> StackConfig:
    """The config, with what the program takes its secrets for where nobody has said it."""
    unknown = {
        key
        for key in config.secrets
        if config.declared.get(key, Declaration()).type is None and key not in config.shapes
    }
    declared, shapes = dict(config.declared), dict(config.shapes)
    for file in program.files if unknown else ():
        for key, form, arguments in _converted(file, unknown):
            read = _shape_read(program, file, arguments) if form == "object" else None
            if isinstance(read, dict | list):
                shapes[key] = read
            else:
                declared[key] = Declaration(type=form)
        if not _READS.search(file.content):
            continue
        for found in file.matches(_CALL):
            kind = _READS.match(b"." + (found["method"].text or b"") + b"(")
            for key in _keys(found["key"], unknown) if kind else ():
                shape = _shape_read(program, file, found["arguments"])
                if kind and kind[1] == b"Object" and isinstance(shape, dict | list):
                    shapes[key] = shape
                elif kind:
                    declared[key] = Declaration(type=_FORMS[kind[1]])
    return replace(config, declared=declared, shapes=shapes)


def _converted(file: GoFile, unknown: Collection[str]) -> Iterator[tuple[str, ConfigType, Node]]:
    """The secrets that are read as texts and taken for more by Go's own library."""
    if not _CONVERTS.search(file.content):
        return
    for query in (_CONVERTED, _PARSED):
        for found in file.matches(query):
            kind: ConfigType = "object" if query is _PARSED else "integer"
            if found["method"].text == b"ParseBool":
                kind = "boolean"
            for key in _secrets_in(file, found["given"], unknown, 0):
                yield key, kind, found["arguments"]


def _secrets_in(file: GoFile, value: Node, unknown: Collection[str], depth: int) -> Iterator[str]:
    """The secrets that a value may be, by where it was defined."""
    if value.type == "call_expression":
        arguments = value.child_by_field_name("arguments")
        called = value.child_by_field_name("function")
        if arguments and called and _TEXT.search(called.text or b""):
            for literal in arguments.named_children:
                if literal.type == "interpreted_string_literal":
                    yield from _keys(literal, unknown)
    elif value.type == "identifier" and depth < _DEEPEST:
        before = [
            found
            for query in (_DEFINED, _APPLIED)
            for found in file.matches(query)
            if found["name"].text == value.text and found["name"].start_byte < value.start_byte
        ]
        if before:
            # The last one: others may be called so in other functions.
            last = max(before, key=lambda found: found["name"].start_byte)
            yield from _secrets_in(file, last["value"], unknown, depth + 1)


def _keys(literal: Node, unknown: Collection[str]) -> Iterator[str]:
    """The secrets that a text may name: the namespace may stand elsewhere."""
    name = (literal.text or b"").decode("utf-8", "replace").strip('"')
    return (key for key in unknown if name in {key, key.partition(":")[2]})


def _shape_read(program: GoProgram, file: GoFile, arguments: Node) -> Any:
    """The form of what is read into: a mark for each secret; `None` where it is not known."""
    given = (arguments.named_children[-1].text or b"").removeprefix(b"&")
    # The last one before: others may be called so in other functions.
    before = [
        found["type"]
        for found in file.matches(_VARIABLE)
        if found["name"].text == given and found["name"].start_byte < arguments.start_byte
    ]
    return _shape(program, before[-1], 0) if before else None


def _shape(program: GoProgram, kind: Node, depth: int) -> Any:
    inner = {"slice_type": "element", "array_type": "element", "map_type": "value"}.get(kind.type)
    if depth > _DEEPEST:
        return None
    if inner is not None:
        item = kind.child_by_field_name(inner)
        shape = _shape(program, item, depth + 1) if item else None
        return {"placeholder": shape} if kind.type == "map_type" else [shape]
    if kind.type == "pointer_type":
        return _shape(program, kind.named_children[-1], depth + 1)
    if kind.type == "struct_type":
        return dict(_fields(program, kind, depth))
    name = (kind.text or b"").decode("utf-8", "replace")
    if re.fullmatch(r"u?int\d*|float\d+|byte", name):
        return {"secure": 0}
    if name == "bool":
        return {"secure": True}
    for file in program.files:
        for found in file.matches(_TYPE):
            if found["name"].text == kind.text:
                return _shape(program, found["type"], depth + 1)
    return {"secure": ""}


def _fields(program: GoProgram, struct: Node, depth: int) -> Iterator[tuple[str, Any]]:
    for field in struct.named_children[0].named_children if struct.named_children else ():
        kind, tag = field.child_by_field_name("type"), field.child_by_field_name("tag")
        if field.type != "field_declaration" or kind is None:
            continue
        shape = _shape(program, kind, depth + 1)
        names = [node.text or b"" for node in field.children_by_field_name("name")]
        found = re.search(rb'json:"([^",]*)', (tag.text or b"") if tag else b"")
        if not names and not found and isinstance(shape, dict):
            # Another struct's fields are this one's.
            yield from shape.items()
        for name in [found[1]] if found and found[1] else names:
            if name != b"-":
                yield name.decode("utf-8", "replace"), shape
