"""Addresses and connection strings with a password in them."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import unquote

HOLE: Final = "\ufffc" * 8
"""Stands in a text for a part that is not known: a word without white space, and no reference."""

_LOGIN = r"://[^/\s:@?#]{0,%s}:([^@\s/?#]{3,%s})@"
_LOGIN_IN_TEXT: Final = re.compile(_LOGIN % (200, 200))
# A character takes up to four bytes.
_LOGIN_IN_BYTES: Final = re.compile((_LOGIN % (800, 800)).encode())
_LONGEST_SCHEME: Final = 31
_SCHEME: Final = re.compile(r"[a-z][a-z0-9+.-]*$", re.IGNORECASE)
_REFERENCE: Final = re.compile(
    r"\$\{[^{}]*\}|\$\w+|\$\(.*\)?|%\w+%|%\(\w+\)s|%s|\{\{?.*|\{\w*\}|<[^<>]*>|\*+|x{3,}|\.{3}",
    re.IGNORECASE | re.DOTALL,
)

_PLACEHOLDER: Final = re.compile(r"(?:[A-Z]+_)*(?:PASSWORD|PASS|PASSWD|PWD)")
"""What manuals write for a password."""


def is_reference(text: str) -> bool:
    """Whether a text only says that something else fills it in, such as `${PASSWORD}`."""
    return _REFERENCE.fullmatch(text) is not None


_AUTHORITY: Final = b"://"
_ESCAPED: Final = ("%3a%2f%2f", "%253a%252f%252f")
"""The same, where the whole address is percent-encoded, once or twice."""
_ESCAPED_LOGIN: Final = re.compile(
    r"%(?:25)?3a%(?:25)?2f%(?:25)?2f(?:(?!%(?:25)?3a)[^\s/?#]){0,200}%(?:25)?3a"
    r"((?:(?!%(?:25)?40)[^\s/?#]){3,200})%(?:25)?40",
    re.IGNORECASE,
)
LITERALS: Final = (
    _AUTHORITY,
    *(text.encode() for text in _ESCAPED),
    b"@tcp(",
    b"@unix(",
    b"jdbc:oracle:",
)
"""One of them is in every address."""

_OTHERS: Final = (
    # What the drivers of Go and of Oracle take: `user:password@tcp(host)/db`, `user/password@host`.
    (("@tcp(", "@unix("), re.compile(r"(?<![\w.-])[\w.-]{1,64}:([^@\s]{3,200})@(?:tcp|unix)\(")),
    (
        ("jdbc:oracle:",),
        re.compile(r"jdbc:oracle:\w+:[\w.-]{1,64}/([^@\s]{3,200})@", re.IGNORECASE),
    ),
)


def may_hold_password(data: bytes, at: int) -> bool:
    """Whether an address in a message may have a password, by where a literal of it is."""
    return not data.startswith(_AUTHORITY, at) or _LOGIN_IN_BYTES.match(data, at) is not None


def has_password(text: str) -> bool:
    """Whether an address with a password, `scheme://user:password@host`, occurs in a text.

    A reference that something else fills in, such as `${PASSWORD}`, is none.
    """
    lower = text.lower()
    if any(mark in lower for mark in _ESCAPED) and has_password(unquote(text)):
        return True
    return any(
        # The scheme is looked for last: what is rare comes first.
        _is_password(found[1]) and _ends_in_scheme(text, found.start())
        for found in _LOGIN_IN_TEXT.finditer(text)
    ) or any(
        _is_password(found[1])
        for marks, pattern in _OTHERS
        if any(mark in lower for mark in marks)
        for found in pattern.finditer(text)
    )


def without_passwords(text: str) -> str:
    """A text with `[secret]` for each password in an address, in whatever form."""

    def hidden(found: re.Match[str]) -> str:
        if not _is_password(found[1]):
            return found[0]
        start, end = (at - found.start() for at in found.span(1))
        return f"{found[0][:start]}[secret]{found[0][end:]}"

    text = _LOGIN_IN_TEXT.sub(hidden, text)
    lower = text.lower()
    for marks, pattern in (*_OTHERS, (_ESCAPED, _ESCAPED_LOGIN)):
        if any(mark in lower for mark in marks):
            text = pattern.sub(hidden, text)
    return text


def _is_password(text: str) -> bool:
    return not (is_reference(text) or _PLACEHOLDER.fullmatch(text))


def _ends_in_scheme(text: str, end: int) -> bool:
    return _SCHEME.search(text, max(0, end - _LONGEST_SCHEME), end) is not None
