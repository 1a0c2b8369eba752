"""Base64, of both alphabets: what a text says in it, and where in a message it may be."""

from __future__ import annotations

import base64
import binascii
import codecs
import re
import string
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Final

_RUN: Final = b"a" * 20
_ENCODED_BYTES: Final = bytes(
    97 if chr(byte).isascii() and (chr(byte).isalnum() or byte == ord("+")) else 32
    for byte in range(256)
)
_WIDER: Final = (string.ascii_letters + string.digits + "+/-_").encode()
"""With what also separates the words of names and of paths."""
_LONGEST_NAME: Final = 100
_HEXADECIMAL: Final = re.compile(rb"[0-9a-f]+")

_INNER_BYTES: Final = bytes(range(0x80, 0xC0))
"""Each but the first of a character in UTF-8."""

_STANDARD: Final = bytes.maketrans(b"-_", b"+/")
_STANDARD_TEXT: Final = str.maketrans("-_", "+/")
_WORD: Final = re.compile(r"[A-Za-z0-9+/_-]{20,}")
_JOINED: Final = re.compile(r"[/_-]")


def encoded_in(data: bytes) -> Iterator[bytes]:
    """What the runs of base64 in a message say, from each place where one may begin.

    For a text that is base64 as a whole, what it says is among them in pieces.
    """
    letters = data.translate(_ENCODED_BYTES)
    start, wider_end = letters.find(_RUN), 0
    while start >= 0:
        end = letters.find(b" ", start)
        end = end if end >= 0 else len(data)
        if not _HEXADECIMAL.fullmatch(data, start, end):
            yield from _said(data[start:end])
            if start >= wider_end:
                wider_start = len(data[:start].rstrip(_WIDER))
                wider_end = len(data) - len(data[end:].lstrip(_WIDER))
                if (wider_start, wider_end) != (start, end):
                    yield from _said(data[wider_start:wider_end].translate(_STANDARD))
        start = letters.find(_RUN, end)


def _said(run: bytes) -> Sequence[bytes]:
    return _said_briefly(run) if len(run) <= _LONGEST_NAME else tuple(_pieces(run))


# Most runs are long names of inputs and of metrics, which many resources have.
@lru_cache(maxsize=1024)
def _said_briefly(run: bytes) -> Sequence[bytes]:
    return tuple(_pieces(run))


def _pieces(run: bytes) -> Iterator[bytes]:
    for shift in range(4):
        piece = run[shift:]
        # One character alone says nothing.
        piece = piece[:-1] if len(piece) % 4 == 1 else piece
        plain = binascii.a2b_base64(piece + b"=" * (-len(piece) % 4))
        # What is no base64 hardly ever says anything.
        if plain.isascii() or _is_text(plain):
            yield plain


def _is_text(data: bytes) -> bool:
    """Whether bytes are UTF-8; a character may be cut off at both ends."""
    try:
        codecs.utf_8_decode(data.lstrip(_INNER_BYTES))
    except UnicodeDecodeError:
        return False
    return True


def decoded(text: str) -> str:
    """What a text says that is base64 as a whole, such as a request's body; "" for any other."""
    compact = "".join(text.split())
    if len(compact) < 8 or len(compact) % 4:  # noqa: PLR2004
        return ""
    return _plain(compact)


def said_in(text: str) -> Iterator[str]:
    """What a text says in base64: as a whole, or in words of it, padded or not."""
    whole = decoded(text)
    if whole:
        yield whole
        return
    for found in _WORD.finditer(text):
        said = _unpadded(found[0])
        # A word before it may be joined to it.
        pieces = [said] if said else map(_unpadded, _JOINED.split(found[0])[1:])
        yield from filter(None, pieces)


def _unpadded(word: str) -> str:
    word = word.translate(_STANDARD_TEXT)
    is_one = len(word) >= len(_RUN) and len(word) % 4 != 1
    return _plain(word + "=" * (-len(word) % 4)) if is_one else ""


def _plain(compact: str) -> str:
    try:
        plain = base64.b64decode(compact, validate=True).decode()
    except ValueError:
        return ""
    return plain if all(char.isprintable() or char in "\r\n\t" for char in plain) else ""
