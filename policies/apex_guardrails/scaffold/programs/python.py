"""The Pulumi program in Python that a case stands for."""

from __future__ import annotations

import json
import keyword
import re
from collections.abc import Mapping
from typing import Any, Final

from apex_guardrails.model import UNKNOWN, Asset, ResourceReference, Rule, Secret
from apex_guardrails.model.case import (
    SECRET_CONFIG,
    Case,
    CaseResource,
    Concatenation,
    OutputOf,
)
from apex_guardrails.provider.schema import Field, type_schema
from apex_guardrails.scaffold.programs.case_program import (
    NoProgramError,
    ordered,
    references,
    token_of,
)
from apex_guardrails.scaffold.programs.python_source import Call, Code, statement
from apex_guardrails.support.names import snake_case

_TAKEN: Final = frozenset({"config", "gcp", "kubernetes", "platform", "provider", "pulumi"})
"""Names that the program has for something else than a resource."""

_PACKAGES: Final = {
    "gcp": "import pulumi_gcp as gcp",
    "kubernetes": "import pulumi_kubernetes as kubernetes",
    "random": "import pulumi_random",
    "time": "import pulumiverse_time",
}
_NAMED: Final = frozenset(
    {"bucket", "disk", "instance", "managedZone", "name", "router", "service"}
)
"""Inputs that take another resource's name; the others take its id."""

_OUTPUT_AS_TEXT: Final = re.compile(r"([\w:/.@-]*)Calling __str__ on an Output\[T\].*", re.DOTALL)
"""What an f-string makes of an output; the program has the f-string."""


def python_program(rule: Rule, case: Case) -> str:
    """A program that registers what the case has.

    What a case leaves unknown is an output of another stack, and what it takes from secret config
    is read from there.

    Raises:
        NoProgramError: the case has something that no such program has.
    """
    return _Program(rule, case).text()


class _Program:
    """A program in the making: it gathers what its statements need before them."""

    def __init__(self, rule: Rule, case: Case) -> None:
        self._rule = rule
        self._case = case
        self._resources = ordered(case)
        self._by_name = {item.name: item for item in reversed(case.resources)}
        self._referenced = {
            name for item in self._resources for name in references(item.inputs)
        } | set(references(case.outputs))
        self._imports: set[str] = set()
        self._before: dict[str, str] = {}

    def text(self) -> str:
        resources = [self._resource(item) for item in self._resources]
        exports = [
            statement(Call("pulumi.export", (name, self._value(name, value, None))))
            for name, value in self._case.outputs.items()
        ]
        body = [*self._before.values(), *resources, *exports]
        if any("pulumi." in part for part in body):
            self._imports.add("import pulumi")
        blocks = [
            "\n".join(sorted(self._imports)),
            *(["\n".join(self._before.values())] if self._before else []),
            *resources,
            *(["\n".join(exports)] if exports else []),
        ]
        return "\n\n".join(blocks) + "\n"

    def _resource(self, item: CaseResource) -> str:
        token = token_of(self._rule, item)
        schema = type_schema(token)
        arguments = self._members(item.inputs, schema.fields if schema else {})
        options: dict[str, Any] = {}
        if item.provider:
            options["provider"] = self._provider(item.provider)
        if item.is_protected:
            options["protect"] = True
        if options:
            arguments["opts"] = Call("pulumi.ResourceOptions", (), options)
        target = _variable(item.name) if item.name in self._referenced else ""
        return statement(Call(self._class(token), (item.name,), arguments), target=target)

    def _class(self, token: str) -> str:
        """A type's class; of `gcp:sql/user:User` it is `gcp.sql.User`."""
        package, module, name = token.split(":")
        if package == "pulumi":  # a provider, `pulumi:providers:gcp`
            package, module, name = name, "", "Provider"
        if package not in _PACKAGES:
            raise NoProgramError(f"a resource of {package}")
        line = _PACKAGES[package]
        self._imports.add(line)
        # Behind the slash is the type's own file; but Kubernetes has versions there.
        folders = module.split("/") if package == "kubernetes" else [module.partition("/")[0]]
        names = (folder.partition(".")[0].lower() for folder in folders)
        inner = [name for name in names if name not in {"", "index"}]
        return ".".join([line.split()[-1], *inner, name])

    def _provider(self, inputs: Mapping[str, Any]) -> Code:
        self._imports.add(_PACKAGES["gcp"])
        given = {name: _from_json(value) for name, value in inputs.items()}
        made = Call("gcp.Provider", ("provider",), self._members(given, {}))
        self._before["provider"] = statement(made, target="provider")
        return Code("provider")

    def _members(self, members: Mapping[str, Any], fields: Mapping[str, Field]) -> dict[str, Any]:
        """The inputs of a resource or an object, by the names that the SDK has for them."""
        return {
            _name(name): self._value(name, member, fields.get(name))
            for name, member in members.items()
        }

    def _value(self, name: str, value: Any, field: Field | None) -> Any:
        """The value of an input as an expression.

        Args:
            name: the input's; what is in a list has the list's.
            value: the case's.
            field: the input's in the provider's schema.
        """
        if value is UNKNOWN:
            return self._elsewhere(snake_case(name))
        if isinstance(value, Mapping):
            # The keys of a map are the program's own; those of an object are the SDK's.
            if field and (inner := field.get("fields")):
                return self._members(value, inner)
            return {key: self._value(key, member, None) for key, member in value.items()}
        if isinstance(value, list | tuple):
            return [self._value(name, element, field) for element in value]
        return self._leaf(name, value, field)

    def _leaf(self, name: str, value: Any, field: Field | None) -> Any:
        if isinstance(value, Secret):
            return self._secret(name, value.value, field)
        if isinstance(value, OutputOf):
            return self._output(name, value)
        if isinstance(value, Concatenation):
            return self._concatenation(name, value)
        if isinstance(value, Asset | ResourceReference):
            raise NoProgramError("a file, or a resource as a value")
        if value == SECRET_CONFIG:
            return self._config("require", name)
        return self._text(name, value) if isinstance(value, str) else value

    def _text(self, name: str, text: str) -> Any:
        if SECRET_CONFIG in text:
            raise NoProgramError("a text with a config value in it")
        if found := _OUTPUT_AS_TEXT.fullmatch(text):
            output = _variable(name)
            self._before[output] = statement(self._elsewhere(output), target=output)
            return Code(f'f"{found[1]}{{{output}}}"')
        return text

    def _secret(self, name: str, content: Any, field: Field | None) -> Any:
        if content == SECRET_CONFIG:
            return self._config("require_secret", name)
        for key, value in self._case.config.items():
            if isinstance(value, Secret) and value.value == content:
                return self._config("require_secret", key.rpartition(":")[2])
        return Call("pulumi.Output.secret", (self._value(name, content, field),))

    def _config(self, method: str, name: str) -> Call:
        self._before["config"] = statement(Call("pulumi.Config"), target="config")
        return Call(f"config.{method}", (snake_case(name).replace("_", "-"),))

    def _elsewhere(self, output: str) -> Call:
        """What is not known before deployment: the output of another stack."""
        self._before["platform"] = statement(
            Call("pulumi.StackReference", ("example/platform/production",)), target="platform"
        )
        return Call("platform.require_output", (output,))

    def _output(self, name: str, value: OutputOf) -> Any:
        target = self._by_name.get(value.name)
        if target is None:
            if value.secret is not None:
                raise NoProgramError("what a function gives")
            return self._elsewhere(snake_case(value.name))
        attribute = "name" if name in _NAMED and _has_name(token_of(self._rule, target)) else "id"
        if value.secret is not None:
            attribute = snake_case(value.secret.output)
        taken = Code(f"{_variable(value.name)}.{attribute}")
        if value.secret is not None and value.secret.is_unmarked:
            return Call("pulumi.Output.unsecret", (taken,))
        return taken

    def _concatenation(self, name: str, value: Concatenation) -> Call:
        last = len(value.parts) - 1
        places = {0: "prefix", last: "suffix"}
        return Call(
            "pulumi.Output.concat",
            [
                self._elsewhere(f"{snake_case(name)}_{places.get(position, 'part')}")
                if part is UNKNOWN
                else self._value(name, part, None)
                for position, part in enumerate(value.parts)
            ],
        )


def _from_json(value: Any) -> Any:
    """An input of a provider, which travels as JSON where it is no text.

    Raises:
        NoProgramError: it is neither a value in JSON nor a plain word.
    """
    if not isinstance(value, str) or re.fullmatch(r"[\w-]+", value):
        return value
    try:
        return json.loads(value)
    except ValueError:
        raise NoProgramError("an input of a provider that is no JSON") from None


def _name(name: str) -> str:
    """An input's name in the SDK for Python."""
    snake = snake_case(name)
    return f"{snake}_" if keyword.iskeyword(snake) else snake


def _variable(name: str) -> str:
    variable = re.sub(r"\W|^(?=\d)", "_", snake_case(name))
    return f"{variable}_" if variable in _TAKEN or keyword.iskeyword(variable) else variable


def _has_name(token: str) -> bool:
    schema = type_schema(token)
    return schema is not None and "name" in schema.fields
