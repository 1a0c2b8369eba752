"""A waiver's skeleton in `policy-pack.yaml`: unsigned, so that it does not load as it is."""

from __future__ import annotations

import re
import sys
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

from apex_guardrails.editor.documents import lines_of
from apex_guardrails.model import name_of, type_of
from apex_guardrails.support.errors import UsageError
from apex_guardrails.support.yaml_files import read_yaml_text

_KEY: Final = "waivers"
_FIELDS: Final = (
    ("reason", "why the finding is accepted"),
    ("owner", "who answers for it"),
    ("expires", "the last day on which it counts, such as 2027-01-31"),
)


@dataclass(frozen=True)
class Insertion:
    """A text that takes the place of what is between two positions; lines and columns from 0."""

    start: tuple[int, int]
    end: tuple[int, int]
    text: str


def skeleton(path: Path, text: str, rule: str, urn: str, urns: Collection[str] = ()) -> Insertion:
    """Where a waiver for a finding goes, and what is written there.

    Args:
        path: the file, for errors.
        text: what is in it; "" where there is none.
        rule: the rule's id.
        urn: the resource.
        urns: all of the stack's.

    Raises:
        UsageError: the file is not YAML, or is written in a way that has no place for it.
    """
    content, node = read_yaml_text(path, text)
    pattern = _pattern(urn, urns)
    found = _insertion(path, text, node, rule, _quoted(pattern))
    waiver = {"policy": rule, "resource": pattern, **{name: "" for name, _ in _FIELDS}}
    if not _is_one_more(path, content, _applied(text, found), waiver):
        raise UsageError(f"{path}: has no certain place for a waiver; it was not written")
    return found


def _insertion(
    path: Path, text: str, node: yaml.Node | None, rule: str, resource: str
) -> Insertion:
    end = _end(text)
    if node is None:
        version = "" if re.search(r"^version:", text, re.MULTILINE) else "version: 1\n"
        return Insertion(end, end, f"{_gap(text)}{version}{_KEY}:\n{_block(rule, resource, 2)}")
    if not isinstance(node, yaml.MappingNode) or node.flow_style:
        raise UsageError(f"{path}: is no mapping of keys, one a line; the waiver was not written")
    pair = next((pair for pair in node.value if pair[0].value == _KEY), None)
    if pair is None:
        return Insertion(end, end, f"{_gap(text)}{_KEY}:\n{_block(rule, resource, 2)}")
    key, value = pair
    start, stop = _position(value.start_mark), _position(value.end_mark)
    if isinstance(value, yaml.SequenceNode) and value.value and not value.flow_style:
        return Insertion((start[0], 0), (start[0], 0), _block(rule, resource, start[1]))
    if isinstance(value, yaml.SequenceNode) and value.value:
        inside = (start[0], start[1] + 1)
        return Insertion(inside, inside, f"{_flow(rule, resource)}, ")
    if isinstance(value, yaml.SequenceNode) or value.tag == "tag:yaml.org,2002:null":
        behind = _position(key.end_mark)[0], _position(key.end_mark)[1] + 1
        is_written = isinstance(value, yaml.SequenceNode) or start[0] == behind[0]
        after = stop if is_written and stop > behind else behind
        return Insertion(behind, after, f"\n{_block(rule, resource, 2).rstrip()}")
    raise UsageError(f"{path}:{start[0] + 1}: {_KEY}: is no list; the waiver was not written")


def _is_one_more(path: Path, before: Any, text: str, waiver: Mapping[str, str]) -> bool:
    """Whether a text has a waiver more than what was there, and else the same."""
    try:
        after, _ = read_yaml_text(path, text)
    except UsageError:
        return False
    old = {"version": after.get("version"), **(before or {})}
    waivers = list(after.get(_KEY) or ())
    if waiver not in waivers:
        return False
    waivers.remove(waiver)
    return {**old, _KEY: old.get(_KEY) or []} == {"version": None, **after, _KEY: waivers}


def _applied(text: str, found: Insertion) -> str:
    lines = lines_of(text)
    start, end = (sum(map(len, lines[:line])) + column for line, column in (found.start, found.end))
    return text[:start] + found.text + text[end:]


def _block(rule: str, resource: str, indent: int) -> str:
    space = " " * indent
    fields = "".join(f'{space}  {name}: "" # {what}\n' for name, what in _FIELDS)
    return f"{space}- policy: {rule}\n{space}  resource: {resource}\n{fields}"


def _flow(rule: str, resource: str) -> str:
    fields = ", ".join(f'{name}: ""' for name, _ in _FIELDS)
    return f"{{policy: {rule}, resource: {resource}, {fields}}}"


def _pattern(urn: str, urns: Collection[str]) -> str:
    """A pattern for the one resource: its type and name, or its URN where others have both."""
    about = type_of(urn), name_of(urn)
    is_alone = all(each == urn or (type_of(each), name_of(each)) != about for each in urns)
    return re.sub(r"[*?\[]", lambda sign: f"[{sign[0]}]", "::".join(about) if is_alone else urn)


def _quoted(pattern: str) -> str:
    quoted: str = yaml.safe_dump(pattern, default_style='"', allow_unicode=True, width=sys.maxsize)
    return quoted.rstrip("\n")


def _gap(text: str) -> str:
    return "" if not text or text.endswith("\n") else "\n"


def _end(text: str) -> tuple[int, int]:
    lines = lines_of(text)
    return len(lines) - 1, len(lines[-1])


def _position(mark: yaml.Mark) -> tuple[int, int]:
    return mark.line, mark.column
