"""Finds the line on which a Python program sets a property.

A program tells Pulumi where it registers a resource; the value that is wrong may stand far from
there. It is looked for by its name, in the registering call first and then in the whole file, and
only an unambiguous answer counts.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from apex_guardrails.model import SourcePosition
from apex_guardrails.model.value import parse_path


def property_position(registered: SourcePosition | None, path: str) -> SourcePosition | None:
    """Where the property at a path is set; `None` where that is not clear."""
    if registered is None or not path or not registered.file.endswith(".py"):
        return None
    names = [step for step in parse_path(path) if isinstance(step, str)]
    tree = _tree(registered.file)
    if tree is None or not names:
        return None
    lines = list(_lines(tree, {names[-1], _python_name(names[-1])}))
    call = _call(tree, registered.line)
    inside = [line for line in lines if call and call.lineno <= line <= (call.end_lineno or 0)]
    candidates = inside or lines
    return SourcePosition(registered.file, candidates[0]) if len(candidates) == 1 else None


@lru_cache(maxsize=256)
def _tree(file: str) -> ast.Module | None:
    try:
        return ast.parse(Path(file).read_bytes())
    except (OSError, SyntaxError, ValueError, RecursionError):
        return None


def _python_name(name: str) -> str:
    """`ipv4Enabled` as the SDK has it in Python: `ipv4_enabled`."""
    return re.sub(r"(?<=[a-z0-9])([A-Z])", r"_\1", name).lower()


def _lines(tree: ast.Module, names: set[str]) -> Iterator[int]:
    for node in ast.walk(tree):
        if isinstance(node, ast.keyword) and node.arg in names:
            yield node.lineno
        elif isinstance(node, ast.Dict):
            for key in node.keys:
                if isinstance(key, ast.Constant) and key.value in names:
                    yield key.lineno


def _call(tree: ast.Module, line: int) -> ast.Call | None:
    """The outermost call that begins on a line."""
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call) and node.lineno == line)
    return max(calls, key=lambda node: node.end_lineno or 0, default=None)
