"""What the provider's check does with a program's inputs before anyone else sees them.

It fills in defaults and names, marks as secret what the schema calls sensitive, and refuses what
the provider would refuse. Offline this is done from the schema, so that an offline preview judges
what the engine would.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from apex_guardrails.model.resource_type import name_of
from apex_guardrails.model.value import (
    UNKNOWN,
    Asset,
    AssetArchive,
    ResourceReference,
    Secret,
    Value,
    join_path,
    parse_path,
    unwrap,
)
from apex_guardrails.provider.schema import Field, TypeSchema, type_schema
from apex_guardrails.provider.versions import (
    SDK_VERSION,
    current,
    is_compared,
    is_known,
    is_newer,
    major,
)
from apex_guardrails.support.mistakes import nearest
from apex_guardrails.support.names import camel_case

_RESERVED: Final = frozenset({"__defaults", "__internal"})


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that the provider refuses, or, where `is_note`, something it may not know.

    Attributes:
        is_about_others: whether it is about inputs that are missing, or given beside this one.
    """

    path: str
    message: str
    is_note: bool = False
    is_about_others: bool = False


@dataclass(frozen=True, slots=True)
class Checked:
    """A resource's inputs after the check.

    Attributes:
        inputs: as they are written today, which is what rules read.
        told: as the program's own version has them, which is what it gets back.
    """

    inputs: Mapping[str, Value]
    told: dict[str, Value]
    problems: Sequence[Problem] = ()


def check(token: str, urn: str, inputs: dict[str, Value], version: str = "") -> Checked:
    """The inputs of a resource with the provider's defaults, and what is wrong with them.

    Of a program for another major version nothing is: its own SDK says what may stand there. What
    the schema does not know then is a note, as no rule looks at it.

    Args:
        token: the resource's type; of a type unknown to the schema nothing is checked.
        urn: makes the automatic name the same on every run.
        inputs: in dictionaries and lists, which are changed.
        version: the provider version that the program asks for, "" where it does not say.
    """
    schema = type_schema(token)
    if schema is None:
        return Checked(inputs, inputs)
    problems = list(_problems(schema, inputs, version)) if is_known(version) else []
    _fill(schema.fields, inputs, major(version))
    for name, field in schema.fields.items():
        if field.get("autoname") and inputs.get(name) is None:
            inputs[name] = _automatic_name(urn)
    if is_known(version):
        return Checked(inputs, inputs, problems)
    today = current(token, inputs)
    if not is_compared(version):
        today = _shaped(schema.fields, today)
    return Checked(today, inputs, list(_notes(_problems(schema, today, version), version)))


def _automatic_name(urn: str) -> str:
    """The resource's own name and seven random-looking digits, as Pulumi makes it."""
    digest = hashlib.sha256(urn.encode()).hexdigest()
    return f"{name_of(urn)}-{digest[:7]}"


def _shaped(fields: Mapping[str, Field], given: Mapping[str, Value]) -> Mapping[str, Value]:
    """An object in the form that it has today, as far as lists of one and objects go.

    What a provider's version bridges as a list of at most one, the next has as an object, and back.
    """
    return {
        name: _reshaped(fields[name], value) if name in fields else value
        for name, value in given.items()
    }


def _reshaped(field: Field, given: Value) -> Value:
    value = unwrap(given)
    inner, kind = field.get("fields"), field.get("type")
    if inner is None:
        return given
    if kind == "object" and isinstance(value, list) and len(value) == 1:
        value = unwrap(value[0])
    elif kind == "list" and isinstance(value, Mapping):
        value = [value]
    if isinstance(value, Mapping):
        value = _shaped(inner, value)
    elif isinstance(value, list):
        value = [
            _shaped(inner, item) if isinstance(item := unwrap(element), Mapping) else element
            for element in value
        ]
    else:
        return given
    return Secret(value) if isinstance(given, Secret) else value


def _notes(problems: Iterable[Problem], version: str) -> Iterator[Problem]:
    for problem in problems:
        if not problem.is_about_others:
            message = f"{problem.message} (pulumi-gcp {SDK_VERSION}; the program has {version})"
            yield Problem(problem.path, message, is_note=True)


def _fill(fields: Mapping[str, Field], inputs: dict[str, Value], version: int) -> None:
    for name, field in fields.items():
        if field.get("output"):
            continue
        value = unwrap(inputs.get(name))
        default = field.get("default", field.get("pulumiDefault"))
        if field.get("since", 0) > version:
            default = None
        if value is None and default is not None and not _conflicting(field, inputs):
            inputs[name] = default
        if field.get("sensitive") and value is not None and not isinstance(inputs[name], Secret):
            inputs[name] = Secret(inputs[name])
        inner = field.get("fields")
        if inner and isinstance(value, dict):
            _fill(inner, value, version)
        elif inner and isinstance(value, list):
            for element in value:
                item = unwrap(element)
                if isinstance(item, dict):
                    _fill(inner, item, version)


def _conflicting(field: Field, inputs: Mapping[str, Value]) -> list[str]:
    """The inputs that are given although this one excludes them."""
    names = (_pulumi_path(name) for name in field.get("conflicts", ()))
    return [name for name in names if _is_given(inputs, name)]


def _pulumi_path(terraform: str) -> str:
    """`ip_configuration.0.private_network` as Pulumi writes it: objects are no lists of one."""
    steps = [step for step in terraform.split(".") if not step.isdigit()]
    return ".".join(map(camel_case, steps))


def _is_given(inputs: Mapping[str, Value], path: str) -> bool:
    value: Value = inputs
    for step in parse_path(path):
        value = unwrap(value)
        value = value.get(step) if isinstance(value, Mapping) else None
    return value is not None


def _problems(schema: TypeSchema, inputs: Mapping[str, Value], version: str) -> Iterator[Problem]:
    names = [name for name, field in schema.fields.items() if not field.get("output")]
    newer = is_newer(version)
    for name in inputs:
        field = schema.fields.get(name)
        if name in _RESERVED:
            continue
        if field is None:
            # Of a newer SDK's inputs the schema cannot know.
            yield Problem(
                name,
                f"{schema.token} has no input {name}{nearest(name, names)}",
                is_note=newer,
            )
        elif field.get("output"):
            yield Problem(name, f"{name} is an output of {schema.token}, not an input")
        else:
            yield from _check_value(name, field, inputs[name])
    for name, field in schema.fields.items():
        if field.get("required") and not field.get("autoname") and inputs.get(name) is None:
            yield Problem(name, f"{schema.token} needs the input {name}", is_about_others=True)
        if inputs.get(name) is not None:
            for other in _conflicting(field, inputs):
                if name < other or name not in map(
                    _pulumi_path, schema.fields.get(other, Field()).get("conflicts", ())
                ):
                    yield Problem(
                        name, f"{name} and {other} cannot both be set", is_about_others=True
                    )


def _check_value(path: str, field: Field, value: Value) -> Iterator[Problem]:
    value = unwrap(value)
    kind = field.get("type")
    inner = field.get("fields")
    # Terraform's list of one scalar at most is a scalar in Pulumi, of a type the schema has not.
    if kind == "object" and inner is None:
        return
    if value is None or value is UNKNOWN or kind is None or _is_opaque(value):
        return
    if not _fits(kind, value):
        yield Problem(path, f"{path} must be {_ARTICLES[kind]}, not {_kind(value)}")
    elif inner and isinstance(value, Mapping):
        yield from _check_object(path, inner, value)
    elif inner and isinstance(value, list):
        for index, element in enumerate(value):
            item = unwrap(element)
            here = join_path(path, index)
            if isinstance(item, Mapping):
                yield from _check_object(here, inner, item)
            elif item is not None and item is not UNKNOWN:
                yield Problem(here, f"{here} must be an object, not {_kind(item)}")


def _check_object(
    path: str, fields: Mapping[str, Field], value: Mapping[str, Value]
) -> Iterator[Problem]:
    for name in value:
        here = join_path(path, name)
        field = fields.get(name)
        if name in _RESERVED:
            continue
        if field is None:
            # Below the top level the schema may be older than the SDK, and what it does not have is
            # a note. But an SDK writes what it knows without underscores, so this one knows it not.
            hint = nearest(_pulumi_path(name), fields)
            yield Problem(here, f"{here} is not known{hint}", is_note="_" not in name)
        elif not field.get("output"):
            yield from _check_value(here, field, value[name])
    for name, field in fields.items():
        if field.get("required") and value.get(name) is None:
            yield Problem(join_path(path, name), f"{path} needs {name}", is_about_others=True)


_ARTICLES: Final = {
    "string": "a string",
    "number": "a number",
    "bool": "a boolean",
    "object": "an object",
    "list": "a list",
    "map": "a map",
}


def _is_opaque(value: Value) -> bool:
    return isinstance(value, Asset | AssetArchive | ResourceReference)


def _fits(kind: str, value: Value) -> bool:
    """Whether the provider takes a value: it reads numbers and booleans from text, and back."""
    if kind in ("object", "map"):
        return isinstance(value, Mapping)
    if kind == "list":
        return isinstance(value, list)
    if isinstance(value, Mapping | list):
        return False
    if kind == "bool":
        return isinstance(value, bool) or value in ("true", "false", "")
    if kind == "number":
        return _is_number(value)
    return True


def _is_number(value: Any) -> bool:
    try:
        float(value)
    except (TypeError, ValueError):
        return bool(value == "")
    return not isinstance(value, bool)


def _kind(value: Value) -> str:
    if isinstance(value, bool):
        return "a boolean"
    if isinstance(value, int | float):
        return "a number"
    if isinstance(value, str):
        return "a string"
    return "an object" if isinstance(value, Mapping) else "a list"
