"""Reads the known parts of unknown texts out of a program's message; see ADR 0011."""

from __future__ import annotations

from typing import Final

from google.protobuf import struct_pb2

from policies.model.value import KnownParts, Step
from policies.sources.wire import SIGNATURE

MEMBER: Final = "apexKnownParts"
"""What an output value has besides the protocol's members; the runner beside writes it."""


def known_parts(struct: struct_pb2.Struct) -> dict[tuple[Step, ...], KnownParts]:
    """The parts of each unknown text of which some is known, by the steps of its path."""
    if MEMBER.encode() not in struct.SerializeToString():
        return {}
    found: dict[tuple[Step, ...], KnownParts] = {}
    pending: list[tuple[tuple[Step, ...], struct_pb2.Value]] = [
        ((), struct_pb2.Value(struct_value=struct))
    ]
    while pending:
        path, value = pending.pop()
        fields = value.struct_value.fields
        if MEMBER in fields:
            found[path] = tuple(
                part.string_value if part.HasField("string_value") else None
                for part in fields[MEMBER].list_value.values
            )
        elif SIGNATURE in fields:
            # A mark is no step of the path.
            if "value" in fields:
                pending.append((path, fields["value"]))
        elif value.HasField("struct_value"):
            pending.extend(((*path, name), fields[name]) for name in fields)
        elif value.HasField("list_value"):
            elements = value.list_value.values
            pending.extend(((*path, index), item) for index, item in enumerate(elements))
    return found
