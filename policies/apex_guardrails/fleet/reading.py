"""Reads one state from where it is."""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from apex_guardrails.fleet.states import StateObject, reason

if TYPE_CHECKING:
    from collections.abc import Iterable

LARGEST: Final = 256 * 1024 * 1024
"""Bytes of a state, not compressed: one of 100,000 resources has fewer."""

_GZIP: Final = b"\x1f\x8b"
_ZSTD: Final = b"\x28\xb5\x2f\xfd"
_AT_ONCE: Final = 1024 * 1024
_RETRIES: Final = re.compile(r"after (\d+) retries|max_retries")
_THROTTLED: Final = re.compile(r"\b(429|503)\b|Too Many Requests|Service Unavailable|SlowDown")


@dataclass
class UnreadableError(Exception):
    """A state could not be read.

    Attributes:
        kind: why, as the table of errors has it.
        message: what to tell people.
        attempts: how often it was tried.
    """

    kind: str
    message: str
    attempts: int = 1


def read_bytes(state: StateObject) -> bytes:
    """A state as it is, taken out of its compression.

    Raises:
        UnreadableError: it is gone, may not be read, is too large or cut off.
    """
    if state.size > LARGEST:
        raise _too_large(state)
    return bytes(_unpacked(state, _fetched(state, state.path)))


def read_tags(state: StateObject) -> bytes:
    """The file with the stack's tags.

    Raises:
        UnreadableError: as for the state.
    """
    return b"".join(_fetched(state, state.tags_path))


def _fetched(state: StateObject, path: str) -> Iterable[memoryview]:
    import obstore
    from obstore.exceptions import (
        BaseError,
        PermissionDeniedError,
        UnauthenticatedError,
    )

    try:
        stream = obstore.get(state.place.store(), path).stream(min_chunk_size=_AT_ONCE)
        for chunk in stream:
            yield memoryview(chunk)
    except FileNotFoundError:
        raise UnreadableError(
            "vanished", f"{state.address}: was listed, and was gone when it was read"
        ) from None
    except (PermissionError, PermissionDeniedError, UnauthenticatedError) as error:
        raise UnreadableError(
            "denied", f"{state.address}: may not be read: {reason(error)}"
        ) from None
    except (BaseError, OSError) as error:
        what = reason(error)
        tried = _RETRIES.search(what)
        attempts = int(tried[1]) + 1 if tried and tried[1] else 1
        kind = "throttled" if _THROTTLED.search(what) else "unreadable"
        raise UnreadableError(kind, f"{state.address}: cannot be read: {what}", attempts) from None


def _unpacked(state: StateObject, chunks: Iterable[memoryview]) -> bytearray:
    """All of it, whether it is compressed or not: its beginning says it, as for Pulumi."""
    whole = bytearray()
    for chunk in chunks:
        whole += chunk
        if len(whole) > LARGEST:
            raise _too_large(state)
    if whole.startswith(_GZIP):
        return _gunzipped(state, whole)
    if whole.startswith(_ZSTD):
        return _unzstd(state, whole)
    return whole


def _gunzipped(state: StateObject, data: bytearray) -> bytearray:
    unpacked = bytearray()
    rest = bytes(data)
    try:
        while rest:
            member = zlib.decompressobj(wbits=31)
            unpacked += member.decompress(rest, LARGEST + 1 - len(unpacked))
            if len(unpacked) > LARGEST:
                raise _too_large(state)
            if not member.eof:
                raise _cut_off(state)
            rest = member.unused_data
    except zlib.error as error:
        raise UnreadableError(
            "not a state", f"{state.address}: cannot be decompressed: {error}"
        ) from None
    return unpacked


def _unzstd(state: StateObject, data: bytearray) -> bytearray:
    import pyarrow as pa

    unpacked = bytearray()
    try:
        with pa.input_stream(pa.py_buffer(data), compression="zstd") as stream:
            while chunk := stream.read(_AT_ONCE):
                unpacked += chunk
                if len(unpacked) > LARGEST:
                    raise _too_large(state)
    except OSError:
        raise _cut_off(state) from None
    return unpacked


def _too_large(state: StateObject) -> UnreadableError:
    return UnreadableError(
        "too large", f"{state.address}: is larger than {LARGEST:,} bytes, so it is not read"
    )


def _cut_off(state: StateObject) -> UnreadableError:
    return UnreadableError("truncated", f"{state.address}: ends too early: it was cut off")
