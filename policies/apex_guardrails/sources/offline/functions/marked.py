"""Finds stand-ins in what a program sends, and says there that the value is not known.

What is said has the form in which the launchers' own modules say it of unknown outputs (ADR 0011).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from google.protobuf import struct_pb2

from apex_guardrails.gcp.secret_outputs import SECRET_OUTPUTS
from apex_guardrails.sources.offline.functions.stand_ins import Origin, StandIns
from apex_guardrails.sources.offline.unknowns import FUNCTIONS, PARTS, SECRETS
from apex_guardrails.wire import (
    ARCHIVE,
    ASSET,
    OUTPUT,
    SECRET,
    SIGNATURE,
    UNKNOWN_STRING,
)

_CONTENT: Final = frozenset({ASSET, ARCHIVE})


def without_stand_ins(struct: struct_pb2.Struct, stand_ins: StandIns) -> struct_pb2.Struct:
    """A message with an unknown value in the place of each that has a stand-in in it."""
    if not stand_ins:
        return struct
    copy = struct_pb2.Struct()
    copy.CopyFrom(struct)
    for name in copy.fields:
        _replace(copy.fields[name], stand_ins)
    return copy


def _replace(value: struct_pb2.Value, stand_ins: StandIns) -> None:
    kind = value.WhichOneof("kind")
    if kind == "string_value":
        parts = list(stand_ins.split(value.string_value))
        origins = [part for part in parts if isinstance(part, Origin)]
        if origins:
            _make_unknown(
                value, origins, [part if isinstance(part, str) else None for part in parts]
            )
    elif kind == "number_value":
        origin = stand_ins.of_number(value.number_value)
        if origin is not None:
            _make_unknown(value, [origin])
    elif kind == "list_value":
        _replace_list(value, stand_ins)
    elif kind == "struct_value":
        _replace_struct(value, stand_ins)


def _replace_list(value: struct_pb2.Value, stand_ins: StandIns) -> None:
    elements = value.list_value.values
    whole = [_of_list(item, stand_ins) for item in elements]
    lists = {origin and origin.path.rpartition("[")[0] for origin in whole}
    # A list that is a stand-in itself: nobody knows how long it is.
    if len(lists) == 1 and all(whole):
        _make_unknown(value, filter(None, whole))
        return
    for item in elements:
        _replace(item, stand_ins)


def _of_list(item: struct_pb2.Value, stand_ins: StandIns) -> Origin | None:
    """The origin of a text that is nothing but a member of a list."""
    parts = list(stand_ins.split(item.string_value))
    first = parts[0] if len(parts) == 1 else None
    return first if isinstance(first, Origin) and first.path.endswith("]") else None


def _replace_struct(value: struct_pb2.Value, stand_ins: StandIns) -> None:
    fields = value.struct_value.fields
    signature = fields[SIGNATURE].string_value if SIGNATURE in fields else ""
    if signature in _CONTENT:
        return
    if signature in (SECRET, OUTPUT):
        if "value" in fields:
            _replace(fields["value"], stand_ins)
        return
    for name in list(fields):
        key = list(stand_ins.split(name))
        origins = [part for part in key if isinstance(part, Origin)]
        if origins:
            # The names in a map are not known, nor how many there are.
            _make_unknown(value, origins)
            return
        _replace(fields[name], stand_ins)


def _make_unknown(
    value: struct_pb2.Value, origins: Iterable[Origin], parts: Sequence[str | None] = ()
) -> None:
    found = sorted(set(origins), key=lambda origin: (origin.token, origin.path))
    members = struct_pb2.Struct()
    members[SIGNATURE] = OUTPUT
    members[FUNCTIONS] = sorted({origin.token for origin in found})
    if any(parts):
        members[PARTS] = list(parts)
    secrets = [
        [origin.token, origin.path, "", ""]
        for origin in found
        if origin.path in SECRET_OUTPUTS.get(origin.token, ())
    ]
    if secrets:
        members[SECRETS] = secrets
    value.struct_value.CopyFrom(members)


def with_stand_ins(
    outputs: struct_pb2.Struct, sent: struct_pb2.Struct, judged: struct_pb2.Struct
) -> struct_pb2.Struct:
    """A resource's outputs with the stand-ins of its inputs: the program is to go on.

    Args:
        outputs: as they are known without.
        sent: the inputs as the program sent them.
        judged: the inputs as they are judged.
    """
    if judged is sent:
        return outputs
    copy = struct_pb2.Struct()
    copy.CopyFrom(outputs)
    for name in copy.fields:
        if name in sent.fields:
            _restore(copy.fields[name], sent.fields[name])
    return copy


def _restore(value: struct_pb2.Value, sent: struct_pb2.Value) -> None:
    inside = sent.struct_value.fields
    signature = inside[SIGNATURE].string_value if SIGNATURE in inside else ""
    if signature in (SECRET, OUTPUT) and "value" in inside:
        sent = inside["value"]
    fields = value.struct_value.fields
    if SIGNATURE in fields and "value" in fields:
        _restore(fields["value"], sent)
    elif value.string_value == UNKNOWN_STRING:
        if SIGNATURE not in sent.struct_value.fields:
            value.CopyFrom(sent)
    elif value.HasField("struct_value"):
        for name in fields:
            if name in sent.struct_value.fields:
                _restore(fields[name], sent.struct_value.fields[name])
    elif value.HasField("list_value"):
        for one, other in zip(value.list_value.values, sent.list_value.values, strict=False):
            _restore(one, other)
