"""Base64: what a text says, and where in a message there may be such a text."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from typing import Final

_RUN: Final = b"a" * 20
_ENCODED_BYTES: Final = bytes(
    97 if chr(byte).isascii() and (chr(byte).isalnum() or byte == ord("+")) else 32
    for byte in range(256)
)
_HEXADECIMAL: Final = re.compile(rb"[0-9a-f]+")


def encoded_in(data: bytes) -> Iterator[bytes]:
    """What the runs of base64 in a message say, from each place where one may begin.

    For a text that is base64 as a whole, what it says is among them in pieces.
    """
    letters = data.translate(_ENCODED_BYTES)
    start = letters.find(_RUN)
    while start >= 0:
        end = letters.find(b" ", start)
        run = data[start : end if end >= 0 else len(data)]
        if not _HEXADECIMAL.fullmatch(run):
            for shift in range(4):
                piece = run[shift:]
                # One character alone says nothing.
                piece = piece[:-1] if len(piece) % 4 == 1 else piece
                plain = base64.b64decode(piece + b"=" * (-len(piece) % 4))
                # What is no base64 hardly ever says anything in ASCII.
                if plain.isascii():
                    yield plain
        start = letters.find(_RUN, start + len(run))


def decoded(text: str) -> str:
    """What a text says that is base64 as a whole, such as a request's body; "" for any other."""
    compact = "".join(text.split())
    if len(compact) < 8 or len(compact) % 4:  # noqa: PLR2004
        return ""
    try:
        plain = base64.b64decode(compact, validate=True).decode()
    except ValueError:
        return ""
    return plain if all(char.isprintable() or char in "\r\n\t" for char in plain) else ""
