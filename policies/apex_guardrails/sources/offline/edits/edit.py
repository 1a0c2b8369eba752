"""A change of a program's file: some of its bytes become others."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from apex_guardrails.model import Replacement


class ByHandError(Exception):
    """What is to be changed is nothing that can be changed for certain; the text says why."""


@dataclass(frozen=True, order=True)
class Edit:
    """Bytes of a file, from the one at `start` to before the one at `end`, and what they become."""

    start: int
    end: int
    text: str


def apply(content: bytes, edits: Iterable[Edit]) -> bytes:
    """The content with all edits, which do not overlap; those at one place stay in their order."""
    parts: list[bytes] = []
    at = 0
    for edit in sorted(edits, key=lambda item: (item.start, item.end)):
        parts += [content[at : edit.start], edit.text.encode()]
        at = edit.end
    return b"".join([*parts, content[at:]])


def replacements(file: str, content: bytes, edits: Sequence[Edit]) -> tuple[Replacement, ...]:
    """The edits by line and column."""
    return tuple(
        Replacement(
            file, *_place(content, edit.start), *_place(content, edit.end), inserted=edit.text
        )
        for edit in sorted(edits)
    )


def _place(content: bytes, offset: int) -> tuple[int, int]:
    """The line and the column of a byte, both counted from 1, the column in characters."""
    start = content.rfind(b"\n", 0, offset) + 1
    column = len(content[start:offset].decode(errors="replace")) + 1
    return content.count(b"\n", 0, offset) + 1, column
