"""What a language makes of an object where a program needs its value: never a valid input.

Sources: `__str__` of an output in Pulumi's Python SDK (3.272, `output.py`), `toString` and `toJSON`
in the Node.js SDK (`output.ts`), `ToString` in the .NET SDK (`Output.cs`) and `toString` in the
Java SDK; the default texts of objects in Python's and JavaScript's references, and Go's `fmt`
package for a struct with a pointer in it, which an output is there. All 2026-11.
"""

from __future__ import annotations

import re
from typing import Final

_MARKS: Final = ("Output", " at 0x", "[object Object]", "{0xc0", "%!")
"""One of them is in each text below."""

_MARK: Final = re.compile("|".join(map(re.escape, _MARKS)))
_MARKS_IN_BYTES: Final = tuple(mark.encode() for mark in _MARKS)
LITERALS: Final = tuple(mark.lower() for mark in _MARKS_IN_BYTES)

_TEXTS: Final[tuple[tuple[str, re.Pattern[str]], ...]] = (
    (
        "the warning of Pulumi's SDK that an output is no text",
        re.compile(r"Calling \[?\w+\]? on an \[?Output[<\[]\w+[\]>]\]? is not supported"),
    ),
    (
        "a Python object's address instead of its value",
        re.compile(r"<(?:[\w.<>]+ object|(?:function|coroutine object|bound method) [^<>]+) at 0x"),
    ),
    (
        "a Go pointer instead of what it points to",
        re.compile(r"\{0xc0[0-9a-f]{8}\}|%![sdvqxt]\(\*|%!\w\((?:\w+\.)?Output"),
    ),
    (
        "the name of an output's class instead of its value",
        re.compile(r"\bOutputInternal@[0-9a-f]+\b|\bPulumi\.Output`1\["),
    ),
)

_JAVASCRIPT: Final = "[object Object]"


def may_be_object_text(data: bytes, at: int) -> bool:
    """Whether one of the literals, found somewhere in a message, may be such a text's."""
    return data.startswith(_MARKS_IN_BYTES, at)


def object_text(text: str) -> str | None:
    """What a text holds of an object instead of its value; `None` where it holds nothing of it."""
    if _MARK.search(text) is None:
        return None
    for what, pattern in _TEXTS:
        if pattern.search(text):
            return what
    # A longer text may be a script that looks for it.
    if _JAVASCRIPT in text and "\n" not in text:
        return "a JavaScript object instead of its value"
    return None
