"""A case's program in TypeScript."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from apex_guardrails.scaffold.programs.case_program import (
    Array,
    Elsewhere,
    Formatted,
    FromConfig,
    Joined,
    Made,
    Marked,
    NoProgramError,
    Object,
    Output,
    Program,
    class_of,
)
from apex_guardrails.scaffold.programs.layout import Group, Layout, Node
from apex_guardrails.support.names import camel_case, snake_case

_LAYOUT: Final = Layout()
_PACKAGES: Final = {
    "gcp": "@pulumi/gcp",
    "kubernetes": "@pulumi/kubernetes",
    "random": "@pulumi/random",
    "time": "@pulumiverse/time",
}

_TAKEN: Final = frozenset(
    {
        *("config", "platform", "provider", "pulumi", *_PACKAGES),
        *("break", "case", "class", "default", "delete", "enum", "export", "function", "import"),
        *("in", "interface", "new", "package", "private", "public", "return", "static", "switch"),
        *("this", "typeof", "var", "void", "with", "yield"),
    }
)
"""Words that no resource's variable may be."""


def typescript_source(program: Program) -> str:
    """The program, laid out as Pulumi's own examples are.

    Raises:
        NoProgramError: a resource is of a package that no page speaks of.
    """
    before = list(_before(program))
    resources = [_resource(item, program) for item in program.resources]
    exports = [
        f"export const {_exported(name)} = {_written(value)};"
        for name, value in program.exports.items()
    ]
    blocks = [block for block in ("\n".join(before), *resources, "\n".join(exports)) if block]
    packages = {class_of(item.token)[0] for item in program.resources}
    used = sorted(packages | ({"gcp"} if program.provider else set()))
    imports = [f'import * as {package} from "{_package(package)}";' for package in used]
    if any("pulumi." in block for block in blocks):
        imports.append('import * as pulumi from "@pulumi/pulumi";')
    return "\n\n".join(["\n".join(sorted(imports)), *blocks]) + "\n"


def _before(program: Program) -> Iterator[str]:
    """What the resources need."""
    values = list(program.values())
    if any(isinstance(value, FromConfig) for value in values):
        yield "const config = new pulumi.Config();"
    if any(isinstance(value, Elsewhere | Formatted) for value in values):
        yield 'const platform = new pulumi.StackReference("example/platform/production");'
    if program.provider is not None:
        made = _members(
            'new gcp.Provider("provider", {', program.provider.members, "});", is_split=True
        )
        yield f"const provider = {_LAYOUT.written(made)}"


def _package(package: str) -> str:
    if package not in _PACKAGES:
        raise NoProgramError(f"a resource of {package}")
    return _PACKAGES[package]


def _resource(item: Made, program: Program) -> str:
    package, modules, name = class_of(item.token)
    options = [
        text
        for text, is_set in (("provider", item.has_provider), ("protect: true", item.is_protected))
        if is_set
    ]
    given = f", {{ {', '.join(options)} }}" if options else ""
    start = f"const {_variable(item.name)} = " if item.name in program.referenced else ""
    opening = f"{start}new {'.'.join([package, *modules, name])}({_text(item.name)}"
    members = item.inputs.members
    if not members and not given:
        return f"{opening});"
    return _LAYOUT.written(_members(f"{opening}, {{", members, f"}}{given});", is_split=True))


def _written(value: Any) -> str:
    return _LAYOUT.written(_value(value), used=30)


def _value(value: Any) -> Node:
    match value:
        case Elsewhere():
            return f"platform.requireOutput({_text(camel_case(value.output))})"
        case FromConfig():
            return f"config.{'requireSecret' if value.is_secret else 'require'}({_text(value.key)})"
        case Output():
            taken = f"{_variable(value.resource)}.{value.attribute}"
            return f"pulumi.unsecret({taken})" if value.is_unmarked else taken
        case Marked():
            return Group("pulumi.secret(", [("", _value(value.content))], ")")
        case Joined():
            return f"pulumi.interpolate`{''.join(map(_in_template, value.parts))}`"
        case Formatted():
            return f"`{value.prefix}{_in_template(Elsewhere(value.output))}`"
        case Object():
            return _members("{", value.members, "}")
        case Mapping():
            return _members("{", value, "}")
        case Array():
            return Group("[", [("", _value(element)) for element in value.elements], "]")
        case _:
            return json.dumps(value, ensure_ascii=False)


def _members(
    opening: str, members: Mapping[str, Any], closing: str, *, is_split: bool = False
) -> Group:
    parts = [(f"{_key(name)}: ", _value(part)) for name, part in members.items()]
    return Group(opening, parts, closing, padding=" ", is_split=is_split)


def _in_template(part: Any) -> str:
    if isinstance(part, str):
        return re.sub(r"([`\\]|\$\{)", r"\\\1", part)
    return f"${{{_written(part)}}}"


def _key(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z_$][\w$]*", name) else _text(name)


def _exported(name: str) -> str:
    if not re.fullmatch(r"[A-Za-z_$][\w$]*", name) or name in _TAKEN:
        raise NoProgramError("an output of the stack that is no name in TypeScript")
    return name


def _variable(name: str) -> str:
    words = re.sub(r"\W+", "_", snake_case(name)).strip("_")
    variable = camel_case(re.sub(r"^(?=\d)", "_", words))
    return f"{variable}_" if variable in _TAKEN else variable


def _text(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
