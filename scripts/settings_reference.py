"""docs/settings-reference.md: every key of `policy-pack.yaml`, made from its JSON Schema.

python -m scripts.settings_reference > docs/settings-reference.md
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

Schema = Mapping[str, Any]

SCHEMA: Final = (
    Path(__file__).parents[1] / "policies/apex_guardrails/settings/policy-pack.schema.json"
)

SECTIONS: Final = {
    "Rules": "rules",
    "Services": "services",
    "Profile": "extends",
    "Waiver": "waivers",
    "CostSettings": "cost",
    "PriceSettings": "cost.prices",
    "CurrencySettings": "cost.currency",
    "Needs": "cost.needs",
    "Usage": "cost.usage",
    "CheckovSettings": "checkov",
    "Scope": "stacks",
    "OfflineSettings": "offline",
    "FunctionAnswer": "offline.functions",
    "ReportSettings": "reports",
}
"""Where in the file a definition of the schema is used: the section about it."""

INTRODUCTION: Final = """\
# Every setting

The keys of `policy-pack.yaml`. [Settings](settings.md) says what they are for. This page is
made from the file's JSON Schema by `make generated`; `apex policies schema` prints that schema.
"""

LIMITLESS: Final = 1e6
"""From here on a bound only keeps figures finite, and is not told."""

BRIEFLY: Final = {
    "Rules": """\
By the rule's id, one of [all rules](rules/index.md). A level alone, or:

| key | value | default | what it is |
| --- | --- | --- | --- |
| `level` | {level} | the rule's | What a violation does. |
| `undecided` | {level} | its severity's | What it does when a value is not known. |
| `remediate` | boolean | false | Whether its [remedy](remediation.md) is applied at deployment. |
| `parameters` | mapping | | [The rule's own](#parameters-of-rules). |
""",
    "Services": "By service, the level of its rules: {level}.\nThe services: {services}.\n",
    "Profile": """\
By name, each on top of those before it: {profiles}.
`recommended` is the pack as it is. A framework may be a key with the level of its rules, such as
`hipaa: advisory`. Any other name is a file, or comes with an installed package:
[profiles](settings.md#profiles).
""",
    "Scope": "By stack, or a pattern such as `prod*`: what differs there.\nThe keys: {scope}.\n",
}
"""What is told in words, not as the schema's list of all rules."""


def page(schema: Schema) -> str:
    """The page, as Markdown."""
    definitions = schema["$defs"]
    words = {
        "level": _kind(definitions, {"$ref": "#/$defs/EnforcementLevel"}),
        "services": _codes(definitions["Services"]["properties"]),
        "profiles": _codes(definitions["Profile"]["anyOf"][0]["enum"]),
        "scope": _codes(definitions["Scope"]["properties"]),
    }
    parts = [INTRODUCTION, "## The file\n", _table(definitions, schema)]
    for name, where in SECTIONS.items():
        parts.append(f"## `{where}`\n")
        if name in BRIEFLY:
            parts.append(BRIEFLY[name].format(**words))
        else:
            parts += _about(definitions, definitions[name])
    parts += ["## Parameters of rules\n", "\n".join(_parameters(definitions)) + "\n"]
    return "\n".join(parts)


def _about(definitions: Schema, definition: Schema) -> Iterator[str]:
    """A section's description and its keys."""
    described = next(
        choice for choice in definition.get("anyOf", [definition]) if "properties" in choice
    )
    yield " ".join(described["description"].split()) + "\n"
    yield _table(definitions, described)


def _table(definitions: Schema, described: Schema) -> str:
    rows = ["| key | value | default | what it is |", "| --- | --- | --- | --- |"]
    for key, value in described["properties"].items():
        default = "needed" if key in described.get("required", []) else _default(value)
        target = definitions.get(_reference(value), {})
        what = value.get("description") or target.get("description", "")
        rows.append(f"| `{key}` | {_kind(definitions, value)} | {default} | {_cell(what)} |")
    return "\n".join(rows) + "\n"


def _parameters(definitions: Schema) -> Iterator[str]:
    yield "| rule | parameter | value | default | what it is |"
    yield "| --- | --- | --- | --- | --- |"
    for rule, value in definitions["Rules"]["properties"].items():
        long_form = value["oneOf"][-1]["properties"]
        for key, about in long_form.get("parameters", {}).get("properties", {}).items():
            what = _cell(about["description"])
            kind, default = _kind(definitions, about), _default(about)
            yield f"| [{rule}](rules/{rule}.md) | `{key}` | {kind} | {default} | {what} |"


def _kind(definitions: Schema, value: Schema) -> str:
    """What a value may be, in a few words."""
    name = _reference(value)
    if name == "Assumption":
        return "number, or `low`, `expected` and `high`"
    if name in SECTIONS:
        return f"[{SECTIONS[name]}](#{SECTIONS[name].replace('.', '')})"
    if name:
        return _kind(definitions, definitions[name])
    if value == definitions["Waiver"]["properties"]["policy"]:
        return "a rule's id, or `checkov:` with a check's"
    if "enum" in value or "const" in value:
        return _codes(value.get("enum", [value.get("const")]))
    choices = value.get("anyOf") or value.get("oneOf")
    if choices:
        kinds = [_kind(definitions, choice) for choice in choices if choice.get("type") != "null"]
        # A number that is read exactly may be a text, too: no more than a number to the reader.
        return " or ".join(
            kind for kind in dict.fromkeys(kinds) if kind != "text" or "number" not in kinds[0]
        )
    return _plain(definitions, value)


def _plain(definitions: Schema, value: Schema) -> str:
    kind = value.get("type")
    if kind == "array":
        return f"list of {_kind(definitions, value['items'])}" if value["items"] else "list"
    if kind == "object":
        members = value.get("additionalProperties")
        if not isinstance(members, Mapping):
            return "mapping"
        return f"mapping of names to {_kind(definitions, members)}"
    names = {"string": "text", "boolean": "`true` or `false`"}
    return names.get(str(kind), str(kind)) + _bounds(value)


def _bounds(value: Schema) -> str:
    """The bounds that say something."""
    bounds = {"minimum": "at least", "exclusiveMinimum": "above", "maximum": "at most"}
    said = [
        f"{words} {value[key]:g}"
        for key, words in bounds.items()
        if key in value and value[key] < LIMITLESS
    ]
    return ", " + ", ".join(said) if said else ""


def _default(value: Schema) -> str:
    default = value.get("default")
    if default is None or default == []:
        return ""
    if isinstance(default, list):
        return _codes(default)
    return f"`{default if isinstance(default, str) else json.dumps(default)}`"


def _reference(value: Schema) -> str:
    return str(value.get("$ref", "")).rpartition("/")[2]


def _codes(values: Iterable[Any]) -> str:
    return ", ".join(f"`{value}`" for value in values)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", r"\|")


def read_schema() -> Schema:
    """The schema, as `make generated` has written it."""
    schema: Schema = json.loads(SCHEMA.read_text("utf-8"))
    return schema


if __name__ == "__main__":
    print(page(read_schema()), end="")
