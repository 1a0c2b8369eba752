"""Names in letters that look like others: of full width, or with an accent."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from typing import Final

_FULL_WIDTH: Final = (b"\xef\xbc", b"\xef\xbd")
"""What letters of full width begin with in UTF-8."""

_ACCENTED: Final = b"contrase\xc3"
"""What has an accent in a name, in lower case."""


def plainly(text: str) -> str:
    """A text in plain letters, where others stand for them (Unicode, compatibility forms)."""
    if text.isascii():
        return text
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(char for char in decomposed if not unicodedata.combining(char))


def respelled(data: bytes) -> Iterator[bytes]:
    """A message in plain letters, where a name in it may have others."""
    # Each begins with a byte that is rare: looked for first, it is found missing at once.
    if (b"\xef" in data and any(width in data for width in _FULL_WIDTH)) or (
        b"\xc3" in data and _ACCENTED in data.lower()
    ):
        yield plainly(data.decode(errors="ignore")).encode()
