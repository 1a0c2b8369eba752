"""Changes a program's own lines, where it is certain what is to be written there."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path, PurePath
from typing import Protocol

from apex_guardrails.model import Assignments, SourcePosition, name_of, type_of
from apex_guardrails.sources.offline.edits.edit import ByHandError, Edit, apply, replacements
from apex_guardrails.sources.offline.edits.nodes import Call, Calls, edits_of, wanted

__all__ = ["ByHandError", "Edit", "ProgramFile", "apply", "program_file", "replacements"]

_OTHERS = frozenset({"node_modules", "site-packages", "vendor", ".venv", "venv"})
"""Folders of what a program uses and nobody here maintains."""


class Program(Protocol):
    """A parsed file."""

    calls: Calls


class ProgramFile:
    """A file of a program that can be changed.

    Attributes:
        content: what is in it.
    """

    def __init__(self, path: str, content: bytes, program: Program) -> None:
        self.path = path
        self.content = content
        self._program = program

    def call(self, position: SourcePosition, urn: str) -> Call:
        """The call that registers a resource.

        Raises:
            ByHandError: it is not certain which it is.
        """
        kind = type_of(urn).rpartition(":")[2]
        return self._program.calls.find(position.line, kind, name_of(urn))

    def edits(self, call: Call, urn: str, assignments: Assignments) -> list[Edit]:
        """The edits by which a call gives a resource other values.

        Raises:
            ByHandError: it is not certain how.
        """
        return edits_of(call.inputs(), wanted(type_of(urn), assignments))


def program_file(path: str, root: Path) -> ProgramFile:
    """A file of a program, parsed.

    Args:
        path: the file's.
        root: the folder outside of which nothing is changed.

    Raises:
        ByHandError: it cannot be read, is in no language that is known here, or is of others.
    """
    file, folder = Path(path).resolve(), root.resolve()
    if not file.is_relative_to(folder):
        raise ByHandError(f"{path} is outside of {root}")
    if _OTHERS.intersection(file.relative_to(folder).parts):
        raise ByHandError(f"{path} is part of what the program uses")
    return _file(path)


def forget() -> None:
    """Reads every file anew: a program may have been changed since."""
    _file.cache_clear()


@lru_cache(maxsize=256)
def _file(path: str) -> ProgramFile:
    ending = PurePath(path).suffix
    try:
        content = Path(path).read_bytes()
        program = _parsed(ending, content)
    except (OSError, SyntaxError, ValueError, RecursionError):
        raise ByHandError(f"{path} cannot be read") from None
    if program is None:
        raise ByHandError(f"programs in {ending or 'this language'} are not changed")
    return ProgramFile(path, content, program)


def _parsed(ending: str, content: bytes) -> Program | None:
    """A program; each language's parser is loaded when it is needed."""
    if ending == ".py":
        from apex_guardrails.sources.offline.edits.python import PythonProgram

        return PythonProgram(content)
    if ending in {".yaml", ".yml", ".json"}:
        from apex_guardrails.sources.offline.edits.yaml import YamlProgram

        return YamlProgram(content, is_json=ending == ".json")
    if ending == ".go":
        from apex_guardrails.sources.offline.edits.go import GoProgram

        return GoProgram(content)
    from apex_guardrails.sources.offline.property_lines.syntax import LANGUAGES

    grammar = LANGUAGES.get(ending)
    if grammar is None:
        return None
    from apex_guardrails.sources.offline.edits.ecmascript import EcmaScriptProgram

    return EcmaScriptProgram(content, grammar.language)
