"""The forms in which a secret turns up in a text that somebody else made of it."""

from __future__ import annotations

import base64
import html
import json
import re
from collections.abc import Iterator
from typing import Final
from urllib.parse import quote

from apex_guardrails.model.credentials.values import looks_issued
from apex_guardrails.model.value import from_json, leaves

SHORTEST_PART: Final = 8
"""Shorter secrets count only as a whole: as a part of a text they would match by chance."""

_SHORTEST_SLICED: Final = 16
_SHORTEST_SLICE: Final = 12
"""What is left of a value where it is cut would match by chance where it is shorter."""


def forms(value: str) -> Iterator[str]:
    """A text as it is, as others write it (see `_written`), in base64 and in hexadecimal.

    Long ones also in one case throughout, and most of what a machine has made up.
    """
    data = utf8(value)
    yield value
    yield from dict.fromkeys(_written(value, data))
    if len(value) >= SHORTEST_PART:
        yield from (value.upper(), value.lower(), data.hex(), data.hex().upper())
    if len(value) >= _SHORTEST_SLICED and looks_issued(value):
        part = max(_SHORTEST_SLICE, len(value) // 2)
        rest = len(value) - part
        yield from (value[at : at + part] for at in (0, rest // 2, rest))
        yield value[::-1]
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        whole = encode(data).decode()
        yield whole
        yield whole.rstrip("=")
        if len(value) >= SHORTEST_PART:
            for offset in range(3):
                encoded = encode(bytes(offset) + data).decode().rstrip("=")
                yield encoded[_FIRST[offset] : len(encoded) - bool((offset + len(data)) % 3)]


def _written(value: str, data: bytes) -> Iterator[str]:
    """A text as JSON, programs, a shell, HTML and an address write it."""
    for in_json in (json.dumps(value)[1:-1], json.dumps(value, ensure_ascii=False)[1:-1]):
        yield in_json
        # JSON in a text of JSON, and as Go writes it.
        yield json.dumps(in_json)[1:-1]
        yield re.sub("[<>&]", lambda found: f"\\u{ord(found[0]):04x}", in_json)
    yield repr(value)[1:-1]
    yield repr(data)[2:-1]
    yield from (value.replace("'", quoted) for quoted in ("'\\''", "'\"'\"'"))
    yield html.escape(value)
    yield html.escape(value, quote=False)
    # Of a whole part, of a path, of a form, and what JavaScript leaves as it is.
    for safe in ("", "/", "!'()*", "!'()*;/?:@&=+$,#"):
        in_address = quote(value, safe=safe, errors="replace")
        yield in_address
        yield _ESCAPED.sub(lambda found: found[0].lower(), in_address)
        yield in_address.replace("%20", "+")


_ESCAPED: Final = re.compile("%[0-9A-F]{2}")

_FIRST: Final = (0, 2, 3)
"""By what is before it, modulo 3, the first character of base64 that a text alone decides."""


def members(value: str) -> Iterator[str]:
    """Each text and number in a JSON object or list; nothing for what is none."""
    if value[:1] not in ("{", "["):
        return
    try:
        inside = list(leaves(from_json(value)))
    except ValueError:
        return
    for leaf in inside:
        if isinstance(leaf.value, str | int | float) and not isinstance(leaf.value, bool):
            text = str(leaf.value)
            if len(text) >= SHORTEST_PART:
                yield text


def utf8(text: str) -> bytes:
    """A text in bytes: JSON can hold half of a surrogate pair, which is no character."""
    return text.encode(errors="surrogatepass")
