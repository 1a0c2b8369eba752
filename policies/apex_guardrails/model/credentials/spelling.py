"""Names in letters that look like others: of full width, or with an accent."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from typing import Final

_UNUSUAL: Final = (b"\xef\xbc", b"\xef\xbd", b"contrase\xc3")
"""What letters of full width begin with in UTF-8, and what has an accent in a name."""


def plainly(text: str) -> str:
    """A text in plain letters, where others stand for them (Unicode, compatibility forms)."""
    if text.isascii():
        return text
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(char for char in decomposed if not unicodedata.combining(char))


def respelled(data: bytes) -> Iterator[bytes]:
    """A message in plain letters, where a name in it may have others."""
    if not data.isascii() and any(unusual in data.lower() for unusual in _UNUSUAL):
        yield plainly(data.decode(errors="ignore")).encode()
