"""What the program is told of its resources, at once and when it asks again.

Source: the engine's `source_eval.go` (the end of `RegisterResource`) and `builtins.go`
(`getResource`), 3.259.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from google.protobuf import struct_pb2
from pulumi.runtime.proto import resource_pb2

from apex_guardrails.wire import SIGNATURE, UNKNOWN_SENTINELS, WireMapping, write

GET_RESOURCE: Final = "pulumi:pulumi:getResource"
"""The function by which an SDK makes a resource of a reference to one."""


class Answers:
    """What is known of each resource: nothing of a component, until it says its outputs."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[str, struct_pb2.Struct]] = {}

    def keep(self, urn: str, outputs: struct_pb2.Struct, resource_id: str = "") -> None:
        """Takes in what is known of a resource; its id is empty before it exists."""
        self._known[urn] = resource_id, outputs

    def again(self, arguments: struct_pb2.Struct) -> struct_pb2.Struct | None:
        """The answer to `getResource`; `None` for a resource that nobody registered."""
        urn = WireMapping(arguments).get("urn")
        found = self._known.get(urn) if isinstance(urn, str) else None
        if found is None:
            return None
        resource_id, outputs = found
        return struct_pb2.Struct(
            fields={
                "urn": write(urn),
                "id": write(resource_id),
                "state": struct_pb2.Value(struct_value=outputs),
            }
        )


def understood(
    outputs: struct_pb2.Struct, request: resource_pb2.RegisterResourceRequest
) -> struct_pb2.Struct:
    """What is known of a resource as the program's SDK can read it."""
    if request.supportsPartialValues:
        return outputs
    known = {name: value for name, value in outputs.fields.items() if not _has_unknowns(value)}
    return struct_pb2.Struct(fields=known)


def _has_unknowns(value: struct_pb2.Value) -> bool:
    kind = value.WhichOneof("kind")
    if kind == "string_value":
        return value.string_value in UNKNOWN_SENTINELS
    if kind == "list_value":
        return any(map(_has_unknowns, value.list_value.values))
    fields: Mapping[str, struct_pb2.Value] = value.struct_value.fields
    return any(_has_unknowns(fields[name]) for name in fields if name != SIGNATURE)
