"""A report's Markdown, which is written for GitHub, in what other hosts understand of it."""

from __future__ import annotations

import re
from typing import Final

_BREAK: Final = "\N{ZERO WIDTH SPACE}"
_EMPTY: Final = re.compile(r"(?<=[@#:.])<!-- -->")
_FOLDED: Final = re.compile(r"^</?details>\n?", re.MULTILINE)
_SUMMARY: Final = re.compile(r"<summary>(.*?)</summary>")
_SMALL: Final = re.compile(r"</?sub>")
_ESCAPED: Final = re.compile(r"&#(\d{1,3});")


def unmentioned(text: str) -> str:
    """The text, where what keeps a name from being a mention holds without HTML, too."""
    return _EMPTY.sub(_BREAK, text)


def plain_markdown(text: str) -> str:
    """The text without HTML."""
    text = _FOLDED.sub("", unmentioned(text))
    text = _SMALL.sub("", _SUMMARY.sub(r"**\1**", text))
    return _ESCAPED.sub(lambda found: _escaped(chr(int(found[1]))), text)


def _escaped(char: str) -> str:
    if char in "\\`*_[]|":
        return f"\\{char}"
    return f"{char}{_BREAK}" if char in "~<&" else char
