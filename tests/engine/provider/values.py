"""Property values as the protocol carries them: JSON, with markers for what JSON has not."""

from __future__ import annotations

from typing import Any, TypeGuard

from google.protobuf import json_format, struct_pb2
from pulumi.runtime import rpc

UNKNOWN = rpc.UNKNOWN
MARKER = rpc._special_sig_key
SECRET = rpc._special_secret_sig

Properties = dict[str, Any]


def from_struct(struct: struct_pb2.Struct) -> Properties:
    properties: Properties = json_format.MessageToDict(struct)
    return properties


def to_struct(properties: Properties) -> struct_pb2.Struct:
    struct = struct_pb2.Struct()
    struct.update(properties)
    return struct


def secret(value: Any) -> Properties:
    return {MARKER: SECRET, "value": value}


def is_object(value: Any) -> TypeGuard[Properties]:
    """Whether this is an object of the program, and not a marked asset, secret or reference."""
    return isinstance(value, dict) and MARKER not in value
