"""ASN.1 in its distinguished encoding, and PEM around it: as much as keys and certificates need."""

from __future__ import annotations

import base64
from typing import Final

INTEGER, BITS, OCTETS, TEXT, UTC_TIME = 0x02, 0x03, 0x04, 0x0C, 0x17
SEQUENCE, SET = 0x30, 0x31

_SHORT: Final = 0x80
"""A length below it is a byte; others say first how many bytes they take."""


def der(tag: int, *parts: bytes) -> bytes:
    """A value."""
    content = b"".join(parts)
    size = len(content)
    if size < _SHORT:
        return bytes([tag, size]) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, _SHORT | len(length)]) + length + content


def der_integer(number: int) -> bytes:
    """A number that is not negative."""
    return der(INTEGER, number.to_bytes(number.bit_length() // 8 + 1, "big"))


def pem(label: str, content: bytes) -> str:
    """A text with a value in it."""
    text = base64.b64encode(content).decode()
    lines = [text[at : at + 64] for at in range(0, len(text), 64)]
    return "\n".join([f"-----BEGIN {label}-----", *lines, f"-----END {label}-----", ""])
