"""Functions that a Go program gives to `ApplyT`, and of which nothing was seen.

Go's SDK cannot be asked what it did not run. But each resource comes with the frames of the program
that asked for it: where a function's code makes resources and none came out of it, it was not run.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

from apex_guardrails.model import SourcePosition
from apex_guardrails.model.assumed import UnrunCallback
from apex_guardrails.sources.offline.project import Project

if TYPE_CHECKING:
    from tree_sitter import Node

Places = Collection[tuple[str, int]]
"""Files and lines."""

_BECAUSE: Final = "its value is not known in a preview"

_GIVEN: Final = """
(call_expression
  function: (selector_expression field: (field_identifier) @method)
  (#match? @method "^ApplyT(WithContext)?$")
  arguments: (argument_list [(func_literal) (identifier)] @function .))
(function_declaration name: (identifier) @name) @declared
"""

_CALL: Final = """
(call_expression function: (_) @called arguments: (argument_list) @arguments)
"""

_CONTEXT: Final = re.compile(rb"(\w+)\s+\*pulumi\.Context\b")

_MAKES_NOTHING: Final = re.compile(rb"(.*\.)?(Lookup|Get|Invoke|Export|Log\b)\w*(\.\w+)*")
"""What gets a context and reads, or tells."""

_OF_OTHERS: Final = frozenset({"vendor", "node_modules"})


def unrun_callbacks(project: Project, seen: Places) -> list[UnrunCallback]:
    """Those of which nothing was seen, though they may make resources; none in other languages."""
    if project.content.runtime.name != "go":
        return []
    folders = (project.root, project.program_folder)
    files = {file for folder in folders for file in folder.rglob("*.go")}
    return [callback for file in sorted(files) for callback in _in_file(file, seen)]


def _in_file(file: Path, seen: Places) -> Iterator[UnrunCallback]:
    if _OF_OTHERS.intersection(file.parts) or file.name.endswith("_test.go"):
        return
    try:
        content = file.read_bytes()
    except OSError:
        return
    contexts = set(_CONTEXT.findall(content))
    if b".ApplyT" not in content or not contexts:
        return
    import tree_sitter_go
    from tree_sitter import Language, Parser, Query, QueryCursor

    go = Language(tree_sitter_go.language())
    found = QueryCursor(Query(go, _GIVEN)).captures(Parser(go).parse(content).root_node)
    names = [node.text or b"" for node in found.get("name", [])]
    declared = dict(zip(names, found.get("declared", []), strict=True))
    calls = Query(go, _CALL)

    def makes(function: Node) -> bool:
        for _, call in QueryCursor(calls).matches(function):
            called = call["called"][0].text or b""
            given = {argument.text for argument in call["arguments"][0].named_children}
            is_methods = called.partition(b".")[0] in contexts and b".Register" in called
            if is_methods or (given & contexts and not _MAKES_NOTHING.fullmatch(called)):
                return True
        return False

    for given in found.get("function", []):
        name = given.text or b""
        function = declared.get(name) if given.type == "identifier" else given
        if function is None or not makes(function):
            continue
        lines = range(function.start_point.row + 1, function.end_point.row + 2)
        if not any((str(file), line) in seen for line in lines):
            yield UnrunCallback(
                name.decode() if given.type == "identifier" else "",
                SourcePosition(str(file), lines[0]),
                _BECAUSE,
            )
