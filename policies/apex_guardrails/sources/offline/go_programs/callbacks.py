"""Functions that a Go program gives to `ApplyT`, and of which nothing was seen.

Go's SDK cannot be asked what it did not run. But each resource comes with the frames of the program
that asked for it: where a function's code makes resources and none came out of it, it was not run.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING, Final

from apex_guardrails.model import SourcePosition
from apex_guardrails.model.assumed import UnrunCallback
from apex_guardrails.sources.offline.go_programs.files import Function, GoFile, GoProgram

if TYPE_CHECKING:
    from tree_sitter import Node

Places = Collection[tuple[str, int]]
"""Files and lines."""

_BECAUSE: Final = "its value is not known in a preview"

_GIVEN: Final = """
(call_expression
  function: (selector_expression field: (field_identifier) @method)
  (#match? @method "^(ApplyT(WithContext)?|Apply[2-8]?(Context)?(Err)?)$")
  arguments: (argument_list
    [(func_literal) (identifier) (selector_expression)] @function .))
"""

_CALL: Final = """
(call_expression function: (_) @called arguments: (argument_list) @arguments)
"""

_MAKES_NOTHING: Final = re.compile(rb"(.*\.)?(Lookup|Get|Invoke|Export|Log\b|DryRun)\w*(\.\w+)*")
"""What gets a context and reads, or tells."""


def unrun_callbacks(program: GoProgram, seen: Places) -> list[UnrunCallback]:
    """Those of which nothing was seen, though they may make resources."""
    if not program.contexts:
        return []
    found: dict[tuple[str, int], UnrunCallback] = {}
    for file in program.files:
        if b".Apply" in file.content:
            for callback in _in_file(program, file, seen):
                place = callback.position
                found.setdefault((place.file, place.line) if place else ("", 0), callback)
    return list(found.values())


def _in_file(program: GoProgram, file: GoFile, seen: Places) -> Iterator[UnrunCallback]:
    for found in file.matches(_GIVEN):
        given = found["function"]
        name = b"" if given.type == "func_literal" else given.text or b""
        functions = program.functions(name, file) if name else [Function(file, given)]
        for function in functions:
            path = str(function.file.path)
            was_run = any((path, line) in seen for line in function.lines)
            if not was_run and _makes(program, function, set()):
                position = SourcePosition(path, function.lines[0])
                yield UnrunCallback(name.decode("utf-8", "replace"), position, _BECAUSE)


def _makes(program: GoProgram, function: Function, looked: set[int]) -> bool:
    """Whether a function, or one that it calls, may make resources."""
    if function.node.id in looked:
        return False
    looked.add(function.node.id)
    for call in function.file.matches(_CALL, function.node):
        called = call["called"].text or b""
        own = program.functions(called, function.file)
        if own:
            if any(_makes(program, further, looked) for further in own):
                return True
        elif _is_making(program, call["called"], call["arguments"]):
            return True
    return False


def _is_making(program: GoProgram, called: Node, arguments: Node) -> bool:
    """Whether a call of what is not the program's own may make resources."""
    name = called.text or b""
    operand = called.child_by_field_name("operand")
    if operand is not None and program.is_context(operand):
        return b".Register" in name
    is_given = any(program.is_context(argument) for argument in arguments.named_children)
    return is_given and not _MAKES_NOTHING.fullmatch(name)
