"""The text of a comment: the line by which it is found again, and how it is cut to fit."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from apex_guardrails.support.errors import UsageError

MAX_FILE: Final = 8 << 20
"""Bytes of a file; a report has less than 65,000."""

_MARKER: Final = re.compile(r"<!-- (apex[\w-]*:[\w%./~ -]{0,600}) -->")
_OPEN: Final = "<details>"
_CLOSED: Final = "</details>"


@dataclass(frozen=True)
class Comment:
    """What is to be posted.

    Attributes:
        key: by which the comment of the last run is known again, such as `apex: shop dev`.
        text: Markdown.
    """

    key: str
    text: str


def read_comment(path: Path) -> Comment:
    """A file's text; its key is what its first line says that `--format markdown` writes.

    Raises:
        UsageError: it cannot be read, or is no text.
    """
    try:
        with path.open("rb") as file:
            content = file.read(MAX_FILE + 1)
    except OSError as error:
        raise UsageError(
            f"{path}: cannot be read: {error.strerror}; "
            "`apex preview --format markdown --output FILE` writes a report"
        ) from None
    if len(content) > MAX_FILE:
        raise UsageError(f"{path}: has more than {MAX_FILE >> 20} MiB, and no comment has so much")
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        raise UsageError(f"{path}: is not text in UTF-8") from None
    if not text.strip():
        raise UsageError(f"{path}: is empty: there is nothing to post")
    first, _, rest = text.partition("\n")
    found = _MARKER.fullmatch(first.strip())
    return Comment(found[1], rest) if found else Comment("apex: report", text)


def cut(text: str, most: int) -> str:
    """A text of at most so many bytes of UTF-8, which says so where it was longer."""
    if len(text.encode()) <= most:
        return text
    said = f"\n\n_Cut here: the report has {len(text.encode()):,} bytes, which is too long._\n"
    # What is open is closed, so that what is said is not folded away.
    room = most - len(said.encode()) - 16 * (len(_CLOSED) + 1)
    kept = text.encode()[:room].decode(errors="ignore")
    line = kept.rfind("\n")
    if line > room // 2:
        kept = kept[:line]
    still_open = min(kept.count(_OPEN) - kept.count(_CLOSED), 16)
    return f"{kept}{f'{chr(10)}{_CLOSED}' * still_open}{said}"
