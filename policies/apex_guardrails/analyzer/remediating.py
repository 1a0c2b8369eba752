"""Remedies on the engine's own messages: one value is set, and every other byte stays.

What is secret, unknown, an asset or an output of another resource is a marked struct in the
message, which is neither read nor written anew.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from google.protobuf import struct_pb2
from pulumi.runtime.proto import analyzer_pb2

from apex_guardrails.model import Assignments, Resource
from apex_guardrails.model.value import Step, parse_path
from apex_guardrails.pack.about import pack_info
from apex_guardrails.remedies import Remediation
from apex_guardrails.remedies.values import NotSettableError
from apex_guardrails.wire import OUTPUT, SECRET, SIGNATURE, write

_DEFAULTS: Final = "__defaults"
"""What Pulumi's bridge to Terraform calls the list of inputs that it filled in itself."""

Read = Callable[[struct_pb2.Struct], Resource]
"""Makes a resource of its properties."""


def remedied(
    properties: struct_pb2.Struct, read: Read, remediation: Remediation
) -> analyzer_pb2.RemediateResponse:
    """What the engine deploys instead: the properties after each rule's remedy.

    Args:
        properties: what the program says.
        read: how they become the resource that rules look at.
        remediation: the remedies that settings ask for.
    """
    about = pack_info()
    first = read(properties)
    written = {first: properties}

    def edit(resource: Resource, assignments: Assignments) -> Resource:
        changed = struct_pb2.Struct()
        changed.CopyFrom(written[resource])
        for path, value in assignments.items():
            _set_member(changed, parse_path(path), write(value))
        made = read(changed)
        written[made] = changed
        return made

    return analyzer_pb2.RemediateResponse(
        remediations=[
            analyzer_pb2.Remediation(
                policyName=mended.rule.id,
                policyPackName=about["name"],
                policyPackVersion=about["version"],
                description=f"{mended.rule.title}.",
                properties=written[mended.resource],
            )
            for mended in remediation.mend(first, edit)
        ]
    )


def _set_member(struct: struct_pb2.Struct, steps: Sequence[Step], value: struct_pb2.Value) -> None:
    """Sets a member of an object, or something below it.

    Raises:
        NotSettableError: there is no such place.
    """
    step, *below = steps
    if not isinstance(step, str):
        raise NotSettableError
    if step in struct.fields:
        _set(struct.fields[step], below, value)
    else:
        made = struct_pb2.Value(struct_value=struct_pb2.Struct()) if below else value
        if below:
            _set(made, below, value)
        struct.fields[step].CopyFrom(made)
    _is_no_default(struct, step)


def _set(place: struct_pb2.Value, steps: Sequence[Step], value: struct_pb2.Value) -> None:
    inner = _content(place)
    if not steps:
        inner.CopyFrom(value)
        return
    kind = inner.WhichOneof("kind")
    if kind == "null_value":
        inner.struct_value.SetInParent()
        kind = "struct_value"
    if kind == "struct_value":
        if SIGNATURE in inner.struct_value.fields:
            raise NotSettableError
        _set_member(inner.struct_value, steps, value)
    elif kind == "list_value" and isinstance(steps[0], int):
        elements = inner.list_value.values
        if steps[0] >= len(elements):
            raise NotSettableError
        _set(elements[steps[0]], steps[1:], value)
    else:
        raise NotSettableError


def _content(place: struct_pb2.Value) -> struct_pb2.Value:
    """What is inside the marks of a secret and of an output."""
    while place.WhichOneof("kind") == "struct_value":
        fields = place.struct_value.fields
        if SIGNATURE not in fields or fields[SIGNATURE].string_value not in {SECRET, OUTPUT}:
            break
        if "value" not in fields:
            # It is not known yet.
            raise NotSettableError
        place = fields["value"]
    return place


def _is_no_default(struct: struct_pb2.Struct, name: str) -> None:
    """Else the provider would take the value for its own at the next update, and keep it."""
    if _DEFAULTS not in struct.fields:
        return
    names = struct.fields[_DEFAULTS].list_value.values
    kept = [item for item in names if item.string_value != name]
    if len(kept) < len(names):
        remaining = struct_pb2.ListValue(values=kept)
        struct.fields[_DEFAULTS].list_value.CopyFrom(remaining)
