"""Completion in `policy-pack.yaml` by its JSON Schema, and what is wrong in its text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from apex_guardrails.pack.rules import known_rules
from apex_guardrails.settings import PolicyPackSettings, json_schema
from apex_guardrails.support.errors import UsageError
from apex_guardrails.support.yaml_files import parse, read_yaml_text

_LINE: Final = re.compile(r"(?P<dashes>(?:\s*-\s)?\s*)(?:(?P<key>[^\s:#'\"{}\[\],]+)\s*:)?")

Schema = Mapping[str, Any]


@dataclass(frozen=True)
class Suggestion:
    """A key or a value that may stand at a place."""

    text: str
    about: str
    is_key: bool


def suggestions(lines: Sequence[str], line: int, column: int) -> list[Suggestion]:
    """What may be written at a position of a settings file; lines and columns from 0."""
    before = lines[line][:column] if line < len(lines) else ""
    path = _path(lines, line, column)
    key = re.fullmatch(r"\s*(?:-\s+)?([^\s:#]+):\s+\S*", before)
    if key:
        places = list(_at(_schema(), [*path, key[1]]))
        return _unique(item for place in places for item in _values(place))
    places = list(_at(_schema(), path))
    keys = [item for place in places for item in _keys(place)]
    values = [item for place in places for item in _values(place)]
    return _unique([*keys, *(values if re.fullmatch(r"\s*-\s+\S*", before) else [])])


def mistakes(path: Path, text: str) -> list[str]:
    """What is wrong in a text by its schema, with path and line; rules are not looked up."""
    try:
        content, node = read_yaml_text(path, text)
        if content is not None:
            parse(path, PolicyPackSettings, content, node)
    except UsageError as error:
        return str(error).splitlines()
    return []


@cache
def _schema() -> Schema:
    return json_schema(known_rules())


def _path(lines: Sequence[str], line: int, column: int) -> list[str]:
    """The keys above a position, by how far lines are indented; "-" is an entry of a list."""
    text = lines[line] if line < len(lines) else ""
    here = len(text) - len(text.lstrip()) if text.strip() else column
    path: list[str] = []
    if re.match(r"\s*-(\s|$)", text):
        path.insert(0, "-")
    for above in reversed(lines[:line]):
        content = above.strip()
        if not content or content.startswith("#"):
            continue
        indent = len(above) - len(above.lstrip())
        if re.match(r"-(\s|$)", content):
            inner = indent + len(content) - len(content[1:].lstrip())
            if inner <= here and indent < here:
                path.insert(0, "-")
                here = indent
            continue
        match = _LINE.match(above)
        is_above = indent < here or (indent == here and path[:1] == ["-"])
        if is_above and match and match["key"]:
            path.insert(0, match["key"])
            here = indent
    return path


def _at(schema: Any, path: Sequence[str]) -> Iterator[Schema]:
    """The schemas that hold at a path."""
    for each in _alternatives(schema):
        if not path:
            yield each
            continue
        step, *rest = path
        if step == "-":
            yield from _at(each.get("items", {}), rest)
            continue
        properties = each.get("properties", {})
        yield from _at(properties.get(step, each.get("additionalProperties")), rest)


def _alternatives(schema: Any) -> Iterator[Schema]:
    """A schema, with what it refers to in its place."""
    if not isinstance(schema, dict):
        return
    name = str(schema.get("$ref", "")).rpartition("/")[2]
    if name:
        yield from _alternatives(_schema()["$defs"][name])
    yield schema
    for kind in ("anyOf", "oneOf", "allOf"):
        for each in schema.get(kind, ()):
            yield from _alternatives(each)


def _keys(schema: Schema) -> Iterator[Suggestion]:
    for name, about in schema.get("properties", {}).items():
        yield Suggestion(name, str(about.get("description", "")), is_key=True)
    for names in _alternatives(schema.get("propertyNames")):
        for name in names.get("enum", ()):
            yield Suggestion(str(name), str(names.get("description", "")), is_key=True)


def _values(schema: Schema) -> Iterator[Suggestion]:
    about = str(schema.get("description", ""))
    for value in (*schema.get("enum", ()), *([schema["const"]] if "const" in schema else ())):
        yield Suggestion(str(value), about, is_key=False)
    if schema.get("type") == "boolean":
        yield from (Suggestion(word, about, is_key=False) for word in ("true", "false"))


def _unique(found: Any) -> list[Suggestion]:
    return list({item.text: item for item in found}.values())
