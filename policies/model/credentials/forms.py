"""The forms in which a secret turns up in a text that somebody else made of it."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from typing import Final
from urllib.parse import quote

from policies.model.value import from_json, leaves

SHORTEST_PART: Final = 8
"""Shorter secrets count only as a whole: as a part of a text they would match by chance."""


def forms(value: str) -> Iterator[str]:
    """A text as it is, as JSON, Python and an address write it, and in base64."""
    yield value
    yield json.dumps(value)[1:-1]
    yield json.dumps(value, ensure_ascii=False)[1:-1]
    yield repr(value)[1:-1]
    yield quote(value, safe="", errors="replace")
    yield quote(value, errors="replace")
    data = utf8(value)
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        whole = encode(data).decode()
        yield whole
        yield whole.rstrip("=")
        if len(value) >= SHORTEST_PART:
            for offset in range(3):
                encoded = encode(bytes(offset) + data).decode().rstrip("=")
                yield encoded[_FIRST[offset] : len(encoded) - bool((offset + len(data)) % 3)]


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
