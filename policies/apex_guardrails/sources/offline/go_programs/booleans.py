"""Where a Go program asks for a boolean in a function's answer that is assumed.

Nothing can be in its place in the program's executable: it is false there, and what the program
makes where it is true is not seen. So the program's text tells.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, Final

from apex_guardrails.model import SourcePosition
from apex_guardrails.model.assumed import GuessedBoolean
from apex_guardrails.provider.functions import result_form
from apex_guardrails.sources.offline.go_programs.files import GoFile, GoProgram

if TYPE_CHECKING:
    from tree_sitter import Node

_ANSWER: Final = """
(short_var_declaration
  left: (expression_list . (identifier) @name)
  right: (expression_list . (call_expression function: (selector_expression field: (_) @kind))))
(parameter_declaration name: (identifier) @name type: (_) @kind)
"""

_ELEMENT: Final = """
(range_clause left: (expression_list (identifier) @name .) right: (_) @of)
"""

_MEMBER: Final = "(selector_expression operand: (_) @of field: (_) @member)"

_FUNCTIONS: Final = frozenset({"function_declaration", "method_declaration", "func_literal"})
_NAMED: Final = re.compile(rb"[*&(]*([A-Za-z_]\w*)")


def guessed_booleans(program: GoProgram, tokens: Iterable[str]) -> Iterator[GuessedBoolean]:
    """Those of which a program makes something.

    Args:
        program: its files.
        tokens: the functions whose answers are assumed.
    """
    for token in sorted(set(tokens)):
        booleans = dict(_booleans(result_form(token) or {}, ""))
        name = token.rpartition(":")[2].removeprefix("get").encode()
        for file in program.files if booleans else ():
            if name in file.content:
                yield from _in_file(file, token, name, booleans)


def _booleans(form: Any, path: str) -> Iterator[tuple[bytes, str]]:
    """The booleans in an answer's form: the name in Go, and the path."""
    if isinstance(form, list):
        yield from _booleans(form[0], f"{path}[*]")
    elif isinstance(form, dict):
        for name, inner in form.items():
            step = f"{path}.{name}".lstrip(".")
            if inner == "b":
                yield f"{name[:1].upper()}{name[1:]}".encode(), step
            elif name not in {"=", "*"}:
                yield from _booleans(inner, step)


def _in_file(
    file: GoFile, token: str, name: bytes, booleans: dict[bytes, str]
) -> Iterator[GuessedBoolean]:
    kinds = re.compile(rb"(.*\W)?(Lookup|Get)" + name + rb"(Result)?")
    found: dict[tuple[int, bytes], None] = {}
    for answer in file.matches(_ANSWER):
        if not kinds.fullmatch(answer["kind"].text or b""):
            continue
        function = _around(answer["name"])
        names = {answer["name"].text}
        for element in file.matches(_ELEMENT, function):
            if _first(element["of"]) in names:
                names.add(element["name"].text)
        for read in file.matches(_MEMBER, function):
            if read["member"].text in booleans and _first(read["of"]) in names:
                found[read["member"].start_point.row + 1, read["member"].text or b""] = None
    for line, member in found:
        yield GuessedBoolean(token, booleans[member], SourcePosition(str(file.path), line))


def _first(node: Node) -> bytes | None:
    """The name that an expression begins with."""
    named = _NAMED.match(node.text or b"")
    return named[1] if named else None


def _around(node: Node) -> Node:
    """The function that a node is in, or whose parameter it is."""
    while node.type not in _FUNCTIONS and node.parent is not None:
        node = node.parent
    return node
