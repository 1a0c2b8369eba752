"""Reads what a program's message says of values that are not known; see ADR 0011."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from google.protobuf import struct_pb2

from apex_guardrails.model.value import KnownParts, SecretOrigin, Step
from apex_guardrails.wire import SIGNATURE

PARTS: Final = "apexKnownParts"
FUNCTIONS: Final = "apexFunctions"
SECRETS: Final = "apexSecrets"
"""What an output value has besides the protocol's members; the runner's modules write them."""


@dataclass(frozen=True, slots=True)
class Unknowns:
    """What is known of values that are not, by the steps of their paths.

    Attributes:
        parts: of texts.
        functions: the tokens of those that a value comes from.
        secrets: the secret outputs that a value comes from.
    """

    parts: dict[tuple[Step, ...], KnownParts] = field(default_factory=dict)
    functions: dict[tuple[Step, ...], tuple[str, ...]] = field(default_factory=dict)
    secrets: dict[tuple[Step, ...], tuple[SecretOrigin, ...]] = field(default_factory=dict)


def unknowns(struct: struct_pb2.Struct) -> Unknowns:
    """What a message says of the values in it that are not known."""
    found = Unknowns()
    data = struct.SerializeToString()
    if not any(member.encode() in data for member in (PARTS, FUNCTIONS, SECRETS)):
        return found
    pending: list[tuple[tuple[Step, ...], struct_pb2.Value]] = [
        ((), struct_pb2.Value(struct_value=struct))
    ]
    while pending:
        path, value = pending.pop()
        fields = value.struct_value.fields
        if SIGNATURE in fields:
            if PARTS in fields:
                found.parts[path] = tuple(_texts(fields[PARTS]))
            if FUNCTIONS in fields:
                found.functions[path] = tuple(filter(None, _texts(fields[FUNCTIONS])))
            if SECRETS in fields:
                # What is said around a value was said by who knows how it was made.
                found.secrets.setdefault(path, tuple(_secrets(fields[SECRETS])))
            # A mark is no step of the path.
            if "value" in fields:
                pending.append((path, fields["value"]))
        elif value.HasField("struct_value"):
            pending.extend(((*path, name), fields[name]) for name in fields)
        elif value.HasField("list_value"):
            elements = value.list_value.values
            pending.extend(((*path, index), item) for index, item in enumerate(elements))
    return found


def _texts(value: struct_pb2.Value) -> list[str | None]:
    return [
        item.string_value if item.HasField("string_value") else None
        for item in value.list_value.values
    ]


def _secrets(value: struct_pb2.Value) -> Iterator[SecretOrigin]:
    for item in value.list_value.values:
        token, output, mark, resource = (text or "" for text in _texts(item))
        yield SecretOrigin(token, output, resource, is_unmarked=bool(mark))
