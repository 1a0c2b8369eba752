"""Pulumi's special values, which become the model's while the JSON around them is parsed.

A hook per JSON object costs far less than views that would be asked for each value.
"""

from __future__ import annotations

import json
import math
import re
import struct
from collections.abc import Mapping
from typing import Any, Final, NoReturn

from apex_guardrails.model import UNKNOWN, Asset, ResourceReference, Secret
from apex_guardrails.model.value import AssetArchive, Value
from apex_guardrails.wire import (
    ARCHIVE,
    ASSET,
    BYTES,
    OUTPUT,
    RESOURCE,
    SECRET,
    SIGNATURE,
    octets,
)

_FLOAT: Final = "8ad145fe-0d11-4827-bfd7-1abcbf086f5c"

_UNKNOWN_TEXT: Final = re.compile(r'"04da6b54-80e4-46f7-96ec-b56ff0331ba9"(?!\s*:)')
_UNKNOWN_OBJECT: Final = json.dumps({SIGNATURE: OUTPUT})
"""The same as an object, as which the hook sees it."""

_SURROGATE: Final = re.compile(r"\\u[dD]")

_TOKEN: Final = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]', re.DOTALL)
"""What an object's keys can be found by; numbers and the like lie between."""
_COLON: Final = re.compile(r"\s*:")


_TWICE: Final = "a key is repeated in one object"


class DoubledKeyError(ValueError):
    """An object has a key twice."""


def parse(text: str) -> Any:
    """JSON as the model's values.

    Raises:
        DoubledKeyError: an object has a key twice.
        ValueError: it is not JSON, or has a number that Pulumi could not have written.
        RecursionError: it is nested more deeply than can be read.
    """
    if _UNKNOWN_TEXT.search(text):
        text = _UNKNOWN_TEXT.sub(_UNKNOWN_OBJECT, text)
    if _SURROGATE.search(text):
        # Half of a surrogate pair is no character, and could not be shown: Go replaces it, too.
        whole = json.dumps(
            json.loads(text, object_pairs_hook=_once, parse_constant=_refused), ensure_ascii=False
        )
        text = whole.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return json.loads(text, object_pairs_hook=_value, parse_constant=_refused)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object whose keys all differ: of two that do not, one would be left unread."""
    members = dict(pairs)
    if len(members) < len(pairs):
        raise DoubledKeyError(_TWICE)
    return members


def _refused(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not a number in JSON")


def _value(pairs: list[tuple[str, Any]]) -> Value:
    """The model's value for an object whose members are values already.

    One that Pulumi itself would refuse, or that a newer Pulumi wrote, is not known.
    """
    # As `_once`: a call for each object would take as long as all else that is done here.
    members = dict(pairs)
    if len(members) < len(pairs):
        raise DoubledKeyError(_TWICE)
    if SIGNATURE in members:
        signature = members[SIGNATURE]
        special = _SPECIAL.get(signature) if isinstance(signature, str) else None
        return UNKNOWN if special is None else special(members)
    # Which inputs the provider filled in by itself: said in every object, and none of them.
    members.pop("__defaults", None)
    return members


def _secret(members: Mapping[str, Any]) -> Value:
    """Encrypted, or in the clear as JSON (`pulumi stack export --show-secrets`)."""
    plaintext = members.get("plaintext")
    if not isinstance(plaintext, str):
        return Secret(UNKNOWN)
    try:
        return Secret(parse(plaintext))
    except (ValueError, RecursionError):
        return Secret(UNKNOWN)


def _output(members: Mapping[str, Any]) -> Value:
    value = members.get("value", UNKNOWN)
    return Secret(value) if members.get("secret") is True else value


def _asset(members: Mapping[str, Any]) -> Value:
    text, path, uri = (_text(members.get(key)) for key in ("text", "path", "uri"))
    return Asset(text, path, uri)


def _archive(members: Mapping[str, Any]) -> Value:
    if "assets" in members:
        return AssetArchive({"assets": members["assets"]})
    return Asset(None, _text(members.get("path")), _text(members.get("uri")), is_archive=True)


def _reference(members: Mapping[str, Any]) -> Value:
    known = (_text(members.get("id")) or UNKNOWN) if "id" in members else None
    return ResourceReference(_text(members.get("urn")) or "", known)


def _bits(members: Mapping[str, Any]) -> Value:
    """Infinity, or no number, with which nothing can be compared: JSON has neither."""
    try:
        (number,) = struct.unpack(">d", bytes.fromhex(members["value"]))
    except (KeyError, TypeError, ValueError, struct.error):
        return UNKNOWN
    return UNKNOWN if math.isnan(number) else number


def _octets(members: Mapping[str, Any]) -> Value:
    return octets(_text(members.get("value")))


_SPECIAL: Final = {
    SECRET: _secret,
    OUTPUT: _output,
    ASSET: _asset,
    ARCHIVE: _archive,
    RESOURCE: _reference,
    _FLOAT: _bits,
    BYTES: _octets,
}


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def doubled_key(text: str) -> tuple[int, str, int] | None:
    """The first key that an object has a second time: where, which, and where it stands first.

    Args:
        text: JSON that is valid but for that.
    """
    above: list[dict[str, int]] = []
    awaits_key = False
    for token in _TOKEN.finditer(text):
        mark = token[0][0]
        if mark in "{[":
            above.append({})
            awaits_key = mark == "{"
        elif mark in "}]":
            above.pop()
            awaits_key = False
        elif mark == ",":
            # A list's elements are no keys: nothing in it is followed by a colon.
            awaits_key = True
        elif mark == '"' and awaits_key:
            awaits_key = False
            if _COLON.match(text, token.end()):
                key = json.loads(token[0])
                first = above[-1].setdefault(key, token.start())
                if first != token.start():
                    return token.start(), key, first
    return None
