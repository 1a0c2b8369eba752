"""Differences between files, as `git apply` and `patch` take them."""

from __future__ import annotations

import difflib
from collections.abc import Iterator


def unified_diff(path: str, before: bytes, after: bytes) -> str:
    """The difference of a file that both versions have, "" where there is none.

    Args:
        path: the file's, seen from where the difference is applied, with `/`.
        before: what is in it.
        after: what will be.
    """
    lines = difflib.unified_diff(
        _lines(before), _lines(after), f"a/{path}", f"b/{path}", lineterm="\n"
    )
    return "".join(_ended(lines))


def _lines(content: bytes) -> list[str]:
    """The lines with their ends; nothing but a line feed ends one."""
    text = content.decode()
    lines = [f"{line}\n" for line in text.split("\n")]
    if text.endswith("\n") or not text:
        return lines[:-1]
    return [*lines[:-1], lines[-1][:-1]]


def _ended(lines: Iterator[str]) -> Iterator[str]:
    for line in lines:
        yield line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"
