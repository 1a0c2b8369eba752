"""Finds the line on which a program sets a property.

A program tells Pulumi where it registers a resource; the value that is wrong may stand far from
there. It is looked for by its name, in the registering call first and then in the whole file, and
only an unambiguous answer counts.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path, PurePath
from typing import TYPE_CHECKING

from apex_guardrails.model import SourcePosition
from apex_guardrails.model.value import parse_path

if TYPE_CHECKING:
    from apex_guardrails.sources.offline.property_lines.setting import Source


def property_position(registered: SourcePosition | None, path: str) -> SourcePosition | None:
    """Where the property at a path is set; `None` where that is not clear."""
    if registered is None or not path:
        return None
    names = [step for step in parse_path(path) if isinstance(step, str)]
    source = _source(registered.file) if names else None
    if source is None:
        return None
    lines = source.lines_setting(names[-1])
    call = source.call_at(registered.line)
    candidates = [line for line in lines if line in call] or lines
    return SourcePosition(registered.file, candidates[0]) if len(candidates) == 1 else None


def forget() -> None:
    """Reads every file anew: a program may have been changed since the last judgement."""
    _source.cache_clear()


@lru_cache(maxsize=256)
def _source(file: str) -> Source | None:
    """A file of the program, parsed; `None` where it cannot be, or nothing here reads its language.

    Each language's parser is loaded when the first finding in that language needs it.
    """
    ending = PurePath(file).suffix
    try:
        if ending == ".py":
            from apex_guardrails.sources.offline.property_lines.python import PythonSource

            return PythonSource(Path(file).read_bytes())
        if ending in {".yaml", ".yml", ".json"}:
            from apex_guardrails.sources.offline.property_lines.yaml import YamlSource

            return YamlSource(Path(file).read_bytes())
        from apex_guardrails.sources.offline.property_lines.syntax import LANGUAGES, SyntaxSource

        language = LANGUAGES.get(ending)
        return SyntaxSource(Path(file).read_bytes(), language) if language else None
    except (OSError, SyntaxError, ValueError, RecursionError):
        return None
