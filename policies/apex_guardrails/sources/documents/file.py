"""Reads a file: its bytes, and the JSON in them."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any, Final

from apex_guardrails.sources.documents.form import Kind, quote
from apex_guardrails.sources.documents.values import DoubledKeyError, doubled_key, parse
from apex_guardrails.support.errors import UsageError

STANDARD_INPUT: Final = Path("-")

LARGEST: Final = 1024**3
"""Bytes; what is larger is no such document, and may have no end."""


class CutOffError(UsageError):
    """A document ends before its end."""


def read(file: Path, kind: Kind) -> bytes:
    """The content of a file, or of standard input for `-`.

    Args:
        file: which one.
        kind: what it should be, for messages.

    Raises:
        UsageError: it cannot be read.
    """
    try:
        if file != STANDARD_INPUT:
            with file.open("rb") as opened:
                data = opened.read(LARGEST + 1)
        elif sys.stdin is None:
            raise UsageError(f"-: standard input is closed; pipe {kind.it} into it, or name a file")
        else:
            data = sys.stdin.buffer.read(LARGEST + 1)
    except FileNotFoundError:
        raise UsageError(f"{file}: the file does not exist; {kind.next_step}") from None
    except OSError as error:
        raise UsageError(f"{file}: cannot be read: {error.strerror}") from None
    if len(data) > LARGEST:
        raise UsageError(
            f"{file}: is larger than {LARGEST:,} bytes, so it is not {kind.what}; {kind.next_step}"
        )
    return data


def decoded(data: bytes, name: str, kind: Kind) -> str:
    """The text in a file.

    Raises:
        UsageError: it is empty, compressed, or no text.
    """
    if not data.strip():
        raise UsageError(f"{name}: is empty; {kind.next_step}")
    if data.startswith(b"\x1f\x8b"):
        raise UsageError(f"{name}: is compressed: gunzip it first")
    try:
        # PowerShell writes UTF-16, with a mark at its beginning.
        return data.decode(json.detect_encoding(data))
    except UnicodeDecodeError:
        raise UsageError(
            f"{name}: is not UTF-8 text, so it is not {kind.what}; {kind.next_step}"
        ) from None


def document(data: bytes, name: str, kind: Kind) -> Any:
    """The JSON in a file, as the model's values.

    Args:
        data: the file's content.
        name: the file's, for messages.
        kind: what it should be, for messages.

    Raises:
        UsageError: it is not JSON; the message names the place.
    """
    return parsed(decoded(data, name, kind), name, kind)


def parsed(text: str, name: str, kind: Kind, line: int = 1) -> Any:
    """The JSON in a text, as the model's values.

    Args:
        text: all of a file, or a line of it.
        name: the file's, for messages.
        kind: what it should be, for messages.
        line: which one of the file the text begins with.

    Raises:
        UsageError: it is not JSON; the message names the place.
    """
    try:
        return parse(text)
    except json.JSONDecodeError as error:
        where = f"{name}:{error.lineno + line - 1}:{error.colno}"
        if error.pos >= len(text.rstrip()) or error.msg.startswith("Unterminated"):
            raise CutOffError(
                f"{where}: the file ends too early: it was cut off; {kind.next_step}"
            ) from None
        raise UsageError(f"{where}: not valid JSON: {error.msg}; {kind.next_step}") from None
    except RecursionError:
        raise UsageError(f"{name}: is nested too deeply to be {kind.what}") from None
    except DoubledKeyError:
        raise UsageError(f"{_twice(text, name, line)}; {kind.next_step}") from None
    except ValueError as error:
        # Of a number with thousands of digits Python says how to raise its own limit.
        what = str(error) if "digits" not in str(error) else "a number has thousands of digits"
        raise UsageError(f"{name}: not valid JSON: {what}; {kind.next_step}") from None


def _twice(text: str, name: str, start: int) -> str:
    """What is said of a key that an object has twice."""
    found = doubled_key(text)
    if found is None:
        return f"{name}: a key is repeated in one object"
    place, key, first = found
    line, first_line = (text.count("\n", 0, at) + start for at in (place, first))
    return (
        f"{name}:{line}: the key {quote(key)} is repeated in one object"
        + (f" (first in line {first_line})" if first_line != line else "")
        + ", so that one of the two would not be read"
    )
