"""The program of a case in no language yet: its resources in order, and what their inputs are."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from graphlib import CycleError, TopologicalSorter
from typing import Any, Final

from apex_guardrails.model import UNKNOWN, Asset, ResourceReference, Rule, Secret
from apex_guardrails.model.case import (
    SECRET_CONFIG,
    Case,
    CaseResource,
    Concatenation,
    OutputOf,
    leaves,
)
from apex_guardrails.provider.schema import Field, type_schema
from apex_guardrails.scaffold.programs.required_inputs import with_required
from apex_guardrails.support.names import snake_case

_NAMED: Final = frozenset(
    {"bucket", "disk", "instance", "managedZone", "name", "router", "service"}
)
"""Inputs that take another resource's name; the others take its id."""

_OUTPUT_AS_TEXT: Final = re.compile(
    r"([\w:/.@-]*)Calling (?:__str__|\[toString\]) on an .*", re.DOTALL
)
"""What a text with an output in it becomes; the program has the text with the output."""

_PLAIN: Final[Mapping[str, tuple[type, ...]]] = {
    "string": (str,),
    "number": (int, float),
    "bool": (bool,),
    **dict.fromkeys(("list", "map", "object"), ()),
}
"""What a plain value is in Python, by the type of its input."""


class NoProgramError(ValueError):
    """No program that a reader would write stands for the case."""


@dataclass(frozen=True)
class Elsewhere:
    """What is not known before deployment: an output of another stack.

    Attributes:
        output: its name, such as `network_id`.
        type: that of the input that takes it, as the provider's schema says; "objects" for what
            has members of its own.
    """

    output: str
    type: str = "string"


@dataclass(frozen=True)
class FromConfig:
    """A value of the stack's config."""

    key: str
    is_secret: bool


@dataclass(frozen=True)
class Output:
    """An output of another resource of the program.

    Attributes:
        resource: the resource's name.
        attribute: the output, such as `id`.
        is_unmarked: the program takes the secret mark away.
    """

    resource: str
    attribute: str
    is_unmarked: bool = False


@dataclass(frozen=True)
class Marked:
    """A value of the program with Pulumi's secret mark."""

    content: Any


@dataclass(frozen=True)
class Joined:
    """A text made of known parts and others."""

    parts: Sequence[Any]


@dataclass(frozen=True)
class Formatted:
    """A text in which the program writes an output as though it were one.

    Attributes:
        prefix: what is before the output.
        output: what the program calls it, such as `name`.
    """

    prefix: str
    output: str


@dataclass(frozen=True)
class Object:
    """The inputs of a resource or of an object: their names are the SDK's, here in camel case."""

    members: Mapping[str, Any]


@dataclass(frozen=True)
class Array:
    """A list; of objects, whether or not there are any, or of plain values."""

    elements: Sequence[Any]
    has_objects: bool = False


@dataclass(frozen=True)
class Made:
    """A resource that the program registers."""

    token: str
    name: str
    inputs: Object
    is_protected: bool
    has_provider: bool


@dataclass(frozen=True)
class Program:
    """What a program has; a mapping among the values is a map with keys of the program's own.

    Attributes:
        resources: in the order that their outputs need.
        provider: the inputs of the provider that some of them have.
        exports: the stack's outputs.
        referenced: the names of the resources whose outputs are used.
    """

    resources: Sequence[Made]
    provider: Object | None
    exports: Mapping[str, Any]
    referenced: frozenset[str]

    def values(self) -> Iterator[Any]:
        """All that the inputs and the stack's outputs are made of, at every depth."""
        for item in self.resources:
            yield from _parts(item.inputs)
        yield from _parts(self.exports)


def module_of(token: str) -> str:
    """The module in a type's token: behind its slash is the type's own file, but for Kubernetes."""
    package, module, _ = token.split(":")
    # Which has versions there.
    return module if package == "kubernetes" else module.partition("/")[0]


def class_of(token: str) -> tuple[str, Sequence[str], str]:
    """A type's package, the modules in it, and its class: `gcp`, `[sql]`, `User`."""
    package, _, name = token.split(":")
    if package == "pulumi":  # a provider, `pulumi:providers:gcp`
        return name, [], "Provider"
    folders = module_of(token).split("/")
    names = (folder.partition(".")[0].lower() for folder in folders)
    return package, [name for name in names if name not in {"", "index"}], name


def _parts(value: Any) -> Iterator[Any]:
    yield value
    inner: Iterable[Any] = ()
    if isinstance(value, Object):
        inner = value.members.values()
    elif isinstance(value, Mapping):
        inner = value.values()
    elif isinstance(value, Array):
        inner = value.elements
    elif isinstance(value, Joined):
        inner = value.parts
    elif isinstance(value, Marked):
        inner = (value.content,)
    for part in inner:
        yield from _parts(part)


def program_of(rule: Rule, case: Case) -> Program:
    """A program that registers what the case has, and what else the provider needs.

    What a case leaves unknown is an output of another stack, and what it takes from secret config
    is read from there.

    Raises:
        NoProgramError: the case has something that no such program has.
    """
    return _Making(rule, case).program()


class _Making:
    def __init__(self, rule: Rule, case: Case) -> None:
        self._rule = rule
        self._case = case
        self._by_name = {item.name: item for item in reversed(case.resources)}
        self._referenced: set[str] = set()

    def program(self) -> Program:
        resources = [self._resource(item) for item in _ordered(self._case)]
        exports = {
            name: self._value(name, value, None) for name, value in self._case.outputs.items()
        }
        return Program(resources, self._provider(), exports, frozenset(self._referenced))

    def _provider(self) -> Object | None:
        providers = [item.provider for item in self._case.resources if item.provider]
        if any(provider != providers[0] for provider in providers):
            raise NoProgramError("several providers")
        for provider in providers[:1]:
            given = {name: _from_json(value) for name, value in provider.items()}
            return self._members(given, {})
        return None

    def _resource(self, item: CaseResource) -> Made:
        token = token_of(self._rule, item)
        schema = type_schema(token)
        fields = schema.fields if schema else {}
        return Made(
            token,
            item.name,
            self._members(with_required(token, item.inputs), fields),
            item.is_protected,
            bool(item.provider),
        )

    def _members(self, members: Mapping[str, Any], fields: Mapping[str, Field]) -> Object:
        return Object(
            {name: self._value(name, member, fields.get(name)) for name, member in members.items()}
        )

    def _value(self, name: str, value: Any, field: Field | None) -> Any:
        """The value of an input.

        Args:
            name: the input's; what is in a list has the list's.
            value: the case's.
            field: the input's in the provider's schema.
        """
        if value is UNKNOWN:
            return Elsewhere(snake_case(name), _type(field))
        if isinstance(value, Mapping):
            # The keys of a map are the program's own; those of an object are the SDK's.
            if field and (inner := field.get("fields")):
                return self._members(value, inner)
            return {key: self._value(key, member, _member(field)) for key, member in value.items()}
        if isinstance(value, list | tuple):
            element: Field | None = None
            if field and (inner := field.get("fields")):
                element = {"type": "object", "fields": inner}
            elements = [self._value(name, part, element) for part in value]
            return Array(elements, has_objects=element is not None)
        return self._leaf(name, value, field)

    def _leaf(self, name: str, value: Any, field: Field | None) -> Any:
        if isinstance(value, Secret):
            return self._secret(name, value.value, field)
        if isinstance(value, OutputOf):
            return self._output(name, value, field)
        if isinstance(value, Concatenation):
            return self._joined(name, value)
        if isinstance(value, Asset | ResourceReference):
            raise NoProgramError("a file, or a resource as a value")
        if value == SECRET_CONFIG:
            return _from_config(name, is_secret=False)
        if field and not isinstance(value, _PLAIN.get(field.get("type", ""), (object,))):
            raise NoProgramError("a value of another type than its input has")
        return _text(name, value) if isinstance(value, str) else value

    def _secret(self, name: str, content: Any, field: Field | None) -> Any:
        if content == SECRET_CONFIG:
            return _from_config(name, is_secret=True)
        for key, value in self._case.config.items():
            if isinstance(value, Secret) and value.value == content:
                return _from_config(key.rpartition(":")[2], is_secret=True)
        return Marked(self._value(name, content, field))

    def _output(self, name: str, value: OutputOf, field: Field | None) -> Any:
        target = self._by_name.get(value.name)
        if target is None:
            if value.secret is not None:
                raise NoProgramError("what a function gives")
            return Elsewhere(snake_case(value.name), _type(field))
        if _type(field) != "string":
            raise NoProgramError("an output that is a text, for an input that is none")
        self._referenced.add(value.name)
        if value.secret is not None:
            return Output(value.name, value.secret.output, value.secret.is_unmarked)
        is_name = name in _NAMED and _has_name(token_of(self._rule, target))
        return Output(value.name, "name" if is_name else "id")

    def _joined(self, name: str, value: Concatenation) -> Joined:
        places = {0: "prefix", len(value.parts) - 1: "suffix"}
        return Joined(
            [
                Elsewhere(f"{snake_case(name)}_{places.get(position, 'part')}")
                if part is UNKNOWN
                else self._value(name, part, None)
                for position, part in enumerate(value.parts)
            ]
        )


def _type(field: Field | None) -> str:
    """The type of an input that takes an output, "objects" for an object or several."""
    if field is None:
        return "string"
    return "objects" if field.get("fields") else field.get("type", "string")


def _from_config(name: str, *, is_secret: bool) -> FromConfig:
    return FromConfig(snake_case(name).replace("_", "-"), is_secret)


def _member(field: Field | None) -> Field | None:
    """What is in a map of the provider's: texts. Of other maps nothing is known."""
    return {"type": "string"} if field and field.get("type") == "map" else None


def _text(name: str, text: str) -> Any:
    if SECRET_CONFIG in text:
        raise NoProgramError("a text with a config value in it")
    if found := _OUTPUT_AS_TEXT.fullmatch(text):
        return Formatted(found[1], snake_case(name))
    if "Calling [" in text:
        raise NoProgramError("an output in a text in a way of one language's own")
    return text


def _ordered(case: Case) -> list[CaseResource]:
    """The case's resources under names of their own, each behind those whose outputs it takes.

    Raises:
        NoProgramError: they wait for each other, or are deployed.
    """
    if any(item.outputs for item in case.resources):
        raise NoProgramError("what is known of a deployed resource")
    by_name = {item.name: item for item in reversed(case.resources)}
    sorter: TopologicalSorter[int] = TopologicalSorter()
    index = {id(item): position for position, item in enumerate(case.resources)}
    for position, item in enumerate(case.resources):
        needed = (by_name[name] for name in _references(item.inputs) if name in by_name)
        sorter.add(position, *(index[id(other)] for other in needed))
    try:
        order = list(sorter.static_order())
    except CycleError:
        raise NoProgramError("its resources wait for each other") from None
    named = _with_names_of_their_own(case.resources)
    return [named[position] for position in order]


def _with_names_of_their_own(resources: Iterable[CaseResource]) -> list[CaseResource]:
    """The second resource of a type with a name gets a number: Pulumi has one of each."""
    seen: Counter[tuple[str | None, str]] = Counter()
    named = []
    for item in resources:
        seen[item.token, item.name] += 1
        count = seen[item.token, item.name]
        named.append(replace(item, name=f"{item.name}-{count}") if count > 1 else item)
    return named


def _references(content: object) -> Iterator[str]:
    """The names of the resources whose outputs are in a value."""
    for _, leaf in leaves(content):
        for part in leaf.parts if isinstance(leaf, Concatenation) else (leaf,):
            if isinstance(part, OutputOf) and part.name:
                yield part.name


def token_of(rule: Rule, item: CaseResource) -> str:
    """The type of a case's resource.

    Raises:
        NoProgramError: the rule is about many types, and the case names none.
    """
    token = item.token or rule.type_token
    if token is None:
        raise NoProgramError("a resource without a type")
    return token


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


def _has_name(token: str) -> bool:
    schema = type_schema(token)
    return schema is not None and "name" in schema.fields
