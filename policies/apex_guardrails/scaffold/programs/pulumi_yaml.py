"""A case's program in Pulumi YAML."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from itertools import chain, count
from typing import Any, Final

import yaml

from apex_guardrails.scaffold.programs.case_program import (
    Array,
    Elsewhere,
    FromConfig,
    Joined,
    Made,
    Marked,
    NoProgramError,
    Object,
    Output,
    Program,
    module_of,
)
from apex_guardrails.support.names import camel_case

_PLATFORM: Final = "platform"
_PROVIDER: Final = "provider"


def yaml_source(program: Program) -> str:
    """The program, a `Pulumi.yaml` as a whole.

    Raises:
        NoProgramError: it has something that YAML has no expression for.
    """
    values = list(program.values())
    config = {
        value.key: {"type": "string", "secret": True} if value.is_secret else {"type": "string"}
        for value in values
        if isinstance(value, FromConfig)
    }
    resources: dict[str, Any] = {}
    if any(isinstance(value, Elsewhere) for value in values):
        reference = {"name": "example/platform/production"}
        resources[_PLATFORM] = {"type": "pulumi:pulumi:StackReference", "properties": reference}
    if program.provider is not None:
        resources[_PROVIDER] = {
            "type": "pulumi:providers:gcp",
            "properties": _value(program.provider),
        }
    for item in program.resources:
        resources[_free(item.name, {*resources, *config})] = _resource(item)
    content = {
        "name": "example",
        "runtime": "yaml",
        "config": config,
        "resources": resources,
        "outputs": _value(program.exports),
    }
    shown = {key: part for key, part in content.items() if part}
    return yaml.safe_dump(shown, sort_keys=False, allow_unicode=True, width=100)


def _free(name: str, taken: Collection[str]) -> str:
    """The name, with a number where it is taken: in YAML all is in one scope."""
    numbered = (f"{name}-{number}" for number in count(2))
    return next(each for each in chain((name,), numbered) if each not in taken)


def _resource(item: Made) -> dict[str, Any]:
    package, _, name = item.token.split(":")
    options: dict[str, Any] = {}
    if item.has_provider:
        options["provider"] = f"${{{_PROVIDER}}}"
    if item.is_protected:
        options["protect"] = True
    made = {
        "type": f"{package}:{module_of(item.token)}:{name}",
        "properties": _value(item.inputs),
        "options": options,
    }
    return {key: part for key, part in made.items() if part}


def _value(value: Any) -> Any:
    match value:
        case Object():
            return {name: _value(part) for name, part in value.members.items()}
        case Mapping():
            return {key: _value(part) for key, part in value.items()}
        case Array():
            return [_value(part) for part in value.elements]
        case Marked():
            return {"fn::secret": _value(value.content)}
        case Joined():
            return "".join(map(_value, value.parts))
        case str():
            return value.replace("${", "$${")
        case bool() | int() | float() | None:
            return value
    return f"${{{_access(value)}}}"


def _access(value: Any) -> str:
    match value:
        case Elsewhere():
            return f"{_PLATFORM}.outputs[{json.dumps(camel_case(value.output))}]"
        case FromConfig():
            return value.key
        case Output(is_unmarked=False):
            return f"{value.resource}.{value.attribute}"
    raise NoProgramError("what YAML has no expression for")
