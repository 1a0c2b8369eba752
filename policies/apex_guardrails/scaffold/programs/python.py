"""A case's program in Python."""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
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
from apex_guardrails.support.names import snake_case

_TAKEN: Final = frozenset({"config", "gcp", "kubernetes", "platform", "provider", "pulumi"})
"""Names that the program has for something else than a resource."""

_LAYOUT: Final = Layout()
_PACKAGES: Final = {
    "gcp": "import pulumi_gcp as gcp",
    "kubernetes": "import pulumi_kubernetes as kubernetes",
    "random": "import pulumi_random",
    "time": "import pulumiverse_time",
}


def python_source(program: Program) -> str:
    """The program, as Ruff formats it.

    Raises:
        NoProgramError: a resource is of a package that no page speaks of.
    """
    before = list(_before(program))
    resources = [_resource(item, program) for item in program.resources]
    exports = [
        _statement("", _call("pulumi.export", _text(name), _value(value)))
        for name, value in program.exports.items()
    ]
    blocks = [block for block in ("\n".join(before), *resources, "\n".join(exports)) if block]
    packages = {class_of(item.token)[0] for item in program.resources}
    imports = {_import(package) for package in packages | ({"gcp"} if program.provider else set())}
    if any("pulumi." in block for block in blocks):
        imports.add("import pulumi")
    return "\n\n".join(["\n".join(sorted(imports)), *blocks]) + "\n"


def _before(program: Program) -> Iterator[str]:
    """What the resources need."""
    values = list(program.values())
    if any(isinstance(value, FromConfig) for value in values):
        yield "config = pulumi.Config()"
    formatted = {value.output for value in values if isinstance(value, Formatted)}
    if formatted or any(isinstance(value, Elsewhere) for value in values):
        yield 'platform = pulumi.StackReference("example/platform/production")'
    for output in sorted(formatted):
        yield f"{_variable(output)} = {_LAYOUT.written(_value(Elsewhere(output)))}"
    if program.provider is not None:
        made = Group("gcp.Provider(", [("", '"provider"'), *_arguments(program.provider)], ")")
        yield _statement("provider", made)


def _import(package: str) -> str:
    if package not in _PACKAGES:
        raise NoProgramError(f"a resource of {package}")
    return _PACKAGES[package]


def _resource(item: Made, program: Program) -> str:
    package, modules, name = class_of(item.token)
    options: list[tuple[str, Node]] = []
    if item.has_provider:
        options.append(("provider=", "provider"))
    if item.is_protected:
        options.append(("protect=", "True"))
    arguments = [("", _text(item.name)), *_arguments(item.inputs)]
    if options:
        arguments.append(("opts=", Group("pulumi.ResourceOptions(", options, ")")))
    called = ".".join([_import(package).split()[-1], *modules, name])
    target = _variable(item.name) if item.name in program.referenced else ""
    return _statement(target, Group(f"{called}(", arguments, ")"))


def _statement(target: str, call: Group) -> str:
    """A call with keywords has each argument on a line of its own."""
    start = f"{target} = " if target else ""
    is_split = any(label for label, _ in call.parts)
    return start + _LAYOUT.written(replace(call, is_split=is_split), used=len(start))


def _call(function: str, *arguments: Node) -> Group:
    return Group(f"{function}(", [("", argument) for argument in arguments], ")")


def _arguments(inputs: Object) -> list[tuple[str, Node]]:
    return [(f"{_name(name)}=", _value(value)) for name, value in inputs.members.items()]


def _value(value: Any) -> Node:
    match value:
        case Object():
            return _mapping({_name(name): part for name, part in value.members.items()})
        case Mapping():
            return _mapping(value)
        case Array():
            return Group("[", [("", _value(element)) for element in value.elements], "]")
        case str():
            return _text(value)
        case _:
            return _leaf(value)


def _leaf(value: Any) -> Node:
    match value:
        case Elsewhere():
            return _call("platform.require_output", _text(value.output))
        case FromConfig():
            method = "require_secret" if value.is_secret else "require"
            return _call(f"config.{method}", _text(value.key))
        case Output():
            taken = f"{_variable(value.resource)}.{snake_case(value.attribute)}"
            return _call("pulumi.Output.unsecret", taken) if value.is_unmarked else taken
        case Marked():
            return _call("pulumi.Output.secret", _value(value.content))
        case Joined():
            return _call("pulumi.Output.concat", *map(_value, value.parts))
        case Formatted():
            return f'f"{value.prefix}{{{_variable(value.output)}}}"'
        case _:
            return repr(value)


def _mapping(members: Mapping[str, Any]) -> Group:
    return Group("{", [(f"{_text(key)}: ", _value(part)) for key, part in members.items()], "}")


def _name(name: str) -> str:
    """An input's name in the SDK for Python."""
    snake = snake_case(name)
    return f"{snake}_" if keyword.iskeyword(snake) else snake


def _variable(name: str) -> str:
    variable = re.sub(r"\W|^(?=\d)", "_", snake_case(name))
    return f"{variable}_" if variable in _TAKEN or keyword.iskeyword(variable) else variable


def _text(text: str) -> str:
    """The literal, in the quotes that need fewer backslashes; double ones if that is even."""
    single = repr(f'"{text}')  # Python takes single quotes where there is a double one
    single = single.replace('"', "", 1)
    if text.count('"') > text.count("'"):
        return single
    return '"' + single[1:-1].replace("\\'", "'").replace('"', '\\"') + '"'
