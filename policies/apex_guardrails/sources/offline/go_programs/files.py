"""The files that a Go program is made of, parsed."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final

from apex_guardrails.sources.offline.project import OTHERS_FOLDERS, Project

if TYPE_CHECKING:
    from tree_sitter import Language, Node, Query

_PACKAGE: Final = re.compile(rb"^package\s+(\w+)", re.MULTILINE)
_CONTEXT: Final = re.compile(rb"(\w+)\s+\*(?:\w+\.)?Context\b")

_DECLARED: Final = """
(function_declaration name: (_) @name) @function
(method_declaration name: (_) @name) @function
(short_var_declaration
  left: (expression_list . (identifier) @name) right: (expression_list . (func_literal) @function))
(var_spec name: (identifier) @name value: (expression_list . (func_literal) @function))
"""


@dataclass(frozen=True)
class GoFile:
    """A file of the program's own."""

    path: Path
    content: bytes

    @cached_property
    def package(self) -> bytes:
        """The name of its package."""
        found = _PACKAGE.search(self.content)
        return found[1] if found else b""

    @cached_property
    def root(self) -> Node:
        """The whole of it; where it is not valid, what could be read of it."""
        from tree_sitter import Parser

        return Parser(_go()).parse(self.content).root_node

    def matches(self, query: str, node: Node | None = None) -> Iterator[dict[str, Node]]:
        """Where a query fits, by the names of what it captures."""
        from tree_sitter import QueryCursor

        for _, found in QueryCursor(_compiled(query)).matches(node or self.root):
            yield {name: nodes[0] for name, nodes in found.items()}


@cache
def _go() -> Language:
    # Nothing but Go needs it.
    import tree_sitter_go
    from tree_sitter import Language

    return Language(tree_sitter_go.language())


@cache
def _compiled(query: str) -> Query:
    from tree_sitter import Query

    return Query(_go(), query)


@dataclass(frozen=True)
class Function:
    """A function of the program's own."""

    file: GoFile
    node: Node

    @property
    def lines(self) -> range:
        """Those that it stands on."""
        return range(self.node.start_point.row + 1, self.node.end_point.row + 2)


@dataclass(frozen=True)
class GoProgram:
    """All files of a program, and what is declared in them.

    Attributes:
        contexts: the names that the program's context has.
    """

    files: list[GoFile]
    contexts: frozenset[bytes]
    _functions: dict[bytes, list[Function]] = field(default_factory=dict)

    @classmethod
    def of(cls, project: Project) -> GoProgram:
        """A project's; one in another language has no files."""
        files = list(_files(project)) if project.content.runtime.name == "go" else []
        contexts = {name for file in files for name in _CONTEXT.findall(file.content)}
        return cls(files, frozenset(contexts))

    def functions(self, name: bytes, file: GoFile) -> list[Function]:
        """What may be called so in a file: `make`, `shops.Make`, or `shop.make`."""
        if not self._functions:
            for each in self.files:
                for found in each.matches(_DECLARED):
                    function = Function(each, found["function"])
                    self._functions.setdefault(found["name"].text or b"", []).append(function)
        qualifier, _, last = name.rpartition(b".")
        return [
            function
            for function in self._functions.get(last, [])
            if _is_meant(function, qualifier, file)
        ]

    def is_context(self, node: Node) -> bool:
        """Whether it is the program's context: `ctx`, or `shop.ctx`."""
        return (node.text or b"").rpartition(b".")[2] in self.contexts


def _is_meant(function: Function, qualifier: bytes, file: GoFile) -> bool:
    is_near = function.file.path.parent == file.path.parent
    if function.node.type == "method_declaration":
        return qualifier != b""
    if function.node.type == "function_declaration":
        return function.file.package == qualifier if qualifier else is_near
    return qualifier == b"" and function.file is file


def _files(project: Project) -> Iterator[GoFile]:
    main = project.program_folder
    modules = _modules(main)
    starts = {project.root, main}
    seen: set[Path] = set()
    for start in sorted(starts):
        for name, folders, names in os.walk(start):
            folder = Path(name)
            folders[:] = sorted(
                below
                for below in folders
                if below not in OTHERS_FOLDERS
                and not below.startswith((".", "_"))
                and below != "testdata"
                and (
                    not (folder / below / "go.mod").exists()
                    or main.is_relative_to(folder / below)
                    or os.path.realpath(folder / below) in modules
                )
            )
            for file in sorted(folder / name for name in names):
                if file.suffix != ".go" or file.name.endswith("_test.go") or file in seen:
                    continue
                seen.add(file)
                try:
                    read = GoFile(file, file.read_bytes())
                except OSError:
                    continue
                # Another command's package: nothing can import it.
                if read.package != b"main" or folder == main:
                    yield read


def modules_of(project: Project) -> list[Path]:
    """The folders of other modules that a program in Go is built of; none in another language."""
    if project.content.runtime.name != "go":
        return []
    return [Path(folder) for folder in sorted(_modules(project.program_folder))]


def _modules(main: Path) -> set[str]:
    """The folders of other modules that the program's `go.mod` and `go.work` name."""
    named: set[str] = set()
    for folder in (main, *main.parents):
        for name in ("go.mod", "go.work"):
            try:
                text = (folder / name).read_text("utf-8", "replace")
            except OSError:
                continue
            paths = re.findall(r"(?:^|\s)\"?(\.{1,2}/[^\s\"]*)", text)
            named.update(os.path.realpath(folder / path) for path in paths)
    return named
