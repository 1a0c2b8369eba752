"""Reads the messages of Pulumi's protocol as the model's values, one level at a time.

A resource of 5 KB is taken apart only as far as rules look into it. Signatures and sentinels are
those of Pulumi's property serialization (SDK 3.272: `pulumi/runtime/rpc.py`; the Go SDK's
`resource/plugin/rpc.go` for the kinds of unknowns).
"""

from __future__ import annotations

import base64
import binascii
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final, overload

from google.protobuf import struct_pb2

from apex_guardrails.model.credentials.named_values import MAPPING, SCALAR, SEQUENCE, Opened
from apex_guardrails.model.value import (
    UNKNOWN,
    Asset,
    AssetArchive,
    ResourceReference,
    Secret,
    Value,
    member,
)
from apex_guardrails.support.errors import UsageError

SIGNATURE: Final = "4dabf18193072939515e22adb298388d"
ASSET: Final = "c44067f5952c0a294b673a41bacd8c17"
ARCHIVE: Final = "0def7320c3a5731c473e5ecbe6d01bc7"
SECRET: Final = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 Pulumi's mark of a secret
RESOURCE: Final = "5cf8f73096256a8f31e491e813e4eb8e"
OUTPUT: Final = "d0e6a833031e9bbcd3f4e8bde6ca49a4"
BYTES: Final = "803fd3297a5875dc03ca845dda5d2a98"

UNKNOWN_STRING: Final = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
UNKNOWN_SENTINELS: Final = frozenset(
    {
        UNKNOWN_STRING,
        "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",  # a bool
        "3eeb2bf0-c639-47a8-9e75-3b44932eb421",  # a number
        "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",  # an array
        "030794c1-ac77-496b-92df-f27374a8bd58",  # an asset
        "e48ece36-62e2-4504-bad9-02848725956a",  # an archive
        "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",  # an object
    }
)

LARGEST_MESSAGE: Final = 400 * 1024 * 1024
"""Bytes of a message; the limit that the engine has."""

DEEPEST: Final = 100
"""Objects and lists inside one another; an input of Pulumi's has a dozen."""

_ABSENT: Final = object()
_SCALARS: Final = frozenset({str, bool, int, float})


class TooDeepError(UsageError):
    """A value is nested more deeply than what goes through it can follow."""


class WireMapping(Mapping[str, Value]):
    """A protobuf `Struct`, whose members become values when they are asked for."""

    __slots__ = ("_bytes", "_members", "_memo", "_parent", "_struct")

    def __init__(
        self, struct: struct_pb2.Struct, fields: Mapping[str, struct_pb2.Value] | None = None
    ) -> None:
        self._struct: struct_pb2.Struct | None = struct
        self._members: Mapping[str, struct_pb2.Value] | None = (
            struct.fields if fields is None else fields
        )
        self._bytes: bytes | None = None
        self._memo: dict[str, Value] = {}
        # What it is a member of, and under which key, once it has let go of its own message.
        self._parent: tuple[WireMapping, str] | None = None

    @property
    def _message(self) -> struct_pb2.Struct:
        if self._struct is None:
            if self._parent is None:
                self._struct = struct_pb2.Struct.FromString(self._bytes or b"")
            else:
                mapping, key = self._parent
                again: WireMapping = read(mapping._fields[key])
                self._struct = again._message
        return self._struct

    @property
    def _fields(self) -> Mapping[str, struct_pb2.Value]:
        if self._members is None:
            self._members = self._message.fields
        return self._members

    def __getitem__(self, key: str) -> Value:
        value = self.get(key, _ABSENT)
        if value is _ABSENT:
            raise KeyError(key)
        return value

    def get(self, key: str, default: Any = None) -> Value:
        """The member, or `default`: without the cost of an exception for a missing one."""
        value = self._memo.get(key, _ABSENT)
        if value is _ABSENT:
            fields = self._members
            if fields is None:
                fields = self._fields
            # To index would put a missing one in.
            if key not in fields:
                return default
            value = self._memo[key] = read(fields[key])
        return value

    def __contains__(self, key: object) -> bool:
        return isinstance(key, str) and key in self._fields

    def __iter__(self) -> Iterator[str]:
        # The wire has no order; the same message must give the same findings every time.
        return iter(sorted(self._fields))

    def __len__(self) -> int:
        return len(self._fields)

    def serialized(self) -> bytes:
        """The message as it is sent, in which every string occurs unchanged."""
        if self._bytes is None:
            self._bytes = self._message.SerializeToString()
        return self._bytes

    @property
    def opens(self) -> Callable[[Any], Opened]:
        """How one level of the message is read without keeping anything of it."""
        return _open

    def has_secrets(self) -> bool:
        """Whether a secret mark may be in it; never wrongly false, and without reading it."""
        return SECRET.encode() in self.serialized() or OUTPUT.encode() in self.serialized()

    def compact(self) -> None:
        """Keeps the bytes, and of the members what was asked for; the rest is read again."""
        self.serialized()
        self._let_go()

    def _let_go(self) -> None:
        self._struct = self._members = None
        kept: dict[str, Value] = {}
        for key, value in self._memo.items():
            if value.__class__ is WireMapping:
                nested: WireMapping = value
                nested._parent = (self, key)
                nested._let_go()
            elif value.__class__ not in _SCALARS:
                continue
            kept[key] = value
        self._memo = kept


class WireSequence(Sequence[Value]):
    """A protobuf `ListValue`, whose elements become values when they are asked for."""

    __slots__ = ("_list", "_memo")

    def __init__(self, values: struct_pb2.ListValue) -> None:
        self._list = values
        self._memo: dict[int, Value] = {}

    @overload
    def __getitem__(self, index: int) -> Value: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Value]: ...
    def __getitem__(self, index: int | slice) -> Value | Sequence[Value]:
        if isinstance(index, slice):
            return [self[position] for position in range(*index.indices(len(self)))]
        if index not in self._memo:
            self._memo[index] = read(self._list.values[index])
        return self._memo[index]

    def __iter__(self) -> Iterator[Value]:
        memo = self._memo
        for index, value in enumerate(self._list.values):
            if index not in memo:
                memo[index] = read(value)
            yield memo[index]

    def __len__(self) -> int:
        return len(self._list.values)

    def pairs(self, first: str, second: str) -> Iterator[tuple[Value, Value]]:
        """Two `member`s of each element, without making a value of the element."""
        for element in self._list.values:
            fields = element.struct_value.fields
            one = fields[first].string_value if first in fields else ""
            other = fields[second].string_value if second in fields else ""
            if (
                one
                and other
                and one not in UNKNOWN_SENTINELS
                and other not in UNKNOWN_SENTINELS
                and SIGNATURE not in fields
            ):
                yield one, other
            else:
                made = read(element)
                yield member(made, first), member(made, second)


def _open(item: Any) -> Opened:
    """One level of a message: see `open_plain`, which does the same for the model's values."""
    if item.__class__ is WireMapping:
        return MAPPING, item._fields, False
    text = item.string_value
    if text:
        return SCALAR, (UNKNOWN if text in UNKNOWN_SENTINELS else text), False
    kind = item.WhichOneof("kind")
    if kind == "struct_value":
        fields = item.struct_value.fields
        if SIGNATURE not in fields:
            return MAPPING, fields, False
        value = read(item)
        if value.__class__ is Secret and "value" in fields:
            inner, content, _ = _open(fields["value"])
            return inner, content, True
        if value.__class__ is AssetArchive:
            return MAPPING, {"assets": fields["assets"]}, False
        return (SCALAR, value, False) if value.__class__ is not WireMapping else _open(value)
    if kind == "list_value":
        return SEQUENCE, item.list_value.values, False
    return SCALAR, read(item), False


def read(value: struct_pb2.Value) -> Value:
    """The model's value for a protobuf one."""
    text = value.string_value
    if text:
        return UNKNOWN if text in UNKNOWN_SENTINELS else text
    kind = value.WhichOneof("kind")
    if kind == "string_value":
        return ""
    if kind == "bool_value":
        return value.bool_value
    if kind == "number_value":
        number = value.number_value
        if number.is_integer():
            return int(number)
        return UNKNOWN if math.isnan(number) else number
    if kind == "struct_value":
        return _struct(value.struct_value)
    if kind == "list_value":
        return WireSequence(value.list_value)
    return None


def _struct(struct: struct_pb2.Struct) -> Value:
    fields = struct.fields
    if SIGNATURE not in fields:
        return WireMapping(struct, fields)
    signature = fields[SIGNATURE].string_value
    if signature == SECRET:
        return Secret(read(fields["value"]) if "value" in fields else UNKNOWN)
    if signature == OUTPUT:
        inner = read(fields["value"]) if "value" in fields else UNKNOWN
        return Secret(inner) if "secret" in fields and fields["secret"].bool_value else inner
    if signature == RESOURCE:
        # An id that is not known yet is empty, or one of the marks.
        known = (read(fields["id"]) or UNKNOWN) if "id" in fields else None
        return ResourceReference(_text(fields, "urn") or "", known)
    if signature == ASSET:
        return Asset(_text(fields, "text"), _text(fields, "path"), _text(fields, "uri"))
    if signature == ARCHIVE:
        if "assets" in fields:
            return AssetArchive({"assets": read(fields["assets"])})
        return Asset(None, _text(fields, "path"), _text(fields, "uri"), is_archive=True)
    if signature == BYTES:
        return octets(_text(fields, "value"))
    return WireMapping(struct)


def octets(encoded: str | None) -> Value:
    """A string that is not UTF-8, from its base64; what is no character in it is replaced."""
    try:
        return base64.b64decode(encoded or "?", validate=True).decode(errors="replace")
    except binascii.Error:
        return UNKNOWN


def urns_by_input(dependencies: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """What each input is made from, as the protocol's messages have it (`propertyDependencies`)."""
    return {name: tuple(found.urns) for name, found in dependencies.items()}


def _text(fields: Mapping[str, struct_pb2.Value], key: str) -> str | None:
    return fields[key].string_value if key in fields else None


def plain(value: Value, levels: int = DEEPEST, *, by_id: bool = False) -> Value:
    """A copy of a value in dictionaries and lists, which may then be changed.

    Args:
        value: what is copied.
        levels: how many it may have.
        by_id: whether other resources in it become what a provider is given in their place.

    Raises:
        TooDeepError: it has more levels than that.
    """
    if levels < 0:
        raise TooDeepError(f"is nested more than {DEEPEST} levels deep, which no Google input is")
    if isinstance(value, Secret):
        return Secret(plain(value.value, levels - 1, by_id=by_id))
    if isinstance(value, Mapping):
        members = {key: plain(value[key], levels - 1, by_id=by_id) for key in value}
        return AssetArchive(members) if value.__class__ is AssetArchive else members
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [plain(value[index], levels - 1, by_id=by_id) for index in range(len(value))]
    return value.given if by_id and isinstance(value, ResourceReference) else value


def write(value: Value) -> struct_pb2.Value:
    """The protobuf value for the model's; the inverse of `read`."""
    if value is UNKNOWN:
        return struct_pb2.Value(string_value=UNKNOWN_STRING)
    if value is None:
        return struct_pb2.Value(null_value=struct_pb2.NULL_VALUE)
    if isinstance(value, bool):
        return struct_pb2.Value(bool_value=value)
    if isinstance(value, int | float):
        return struct_pb2.Value(number_value=value)
    if isinstance(value, str):
        return struct_pb2.Value(string_value=value)
    if isinstance(value, _SPECIAL):
        return _signed(*_members(value))
    if isinstance(value, Mapping):
        return struct_pb2.Value(struct_value=write_struct(value))
    elements = [write(value[index]) for index in range(len(value))]
    return struct_pb2.Value(list_value=struct_pb2.ListValue(values=elements))


_SPECIAL: Final = (Secret, ResourceReference, Asset, AssetArchive)


def _members(value: Value) -> tuple[str, Mapping[str, Value]]:
    """The signature of a special value, and what stands beside it."""
    if isinstance(value, Secret):
        return SECRET, {"value": value.value}
    if isinstance(value, ResourceReference):
        known = {} if value.id is None else {"id": "" if value.id is UNKNOWN else value.id}
        return RESOURCE, {"urn": value.urn, **known}
    if isinstance(value, AssetArchive):
        return ARCHIVE, value
    parts = {"text": value.text, "path": value.path, "uri": value.uri}
    given = {key: part for key, part in parts.items() if part is not None}
    return ARCHIVE if value.is_archive else ASSET, given


def write_struct(mapping: Mapping[str, Value]) -> struct_pb2.Struct:
    """The protobuf `Struct` for a mapping."""
    return struct_pb2.Struct(fields={key: write(mapping[key]) for key in mapping})


def _signed(signature: str, members: Mapping[str, Value]) -> struct_pb2.Value:
    return struct_pb2.Value(struct_value=write_struct({SIGNATURE: signature, **members}))
