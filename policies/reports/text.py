"""Makes texts that others wrote fit to be shown: names, messages, what a program printed."""

from __future__ import annotations

import re
from typing import Final

_UNSHOWABLE: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
"""What drives a terminal, and what XML 1.0 cannot hold; line ends and tabs aside."""


def visible(text: str) -> str:
    """The text with a mark for each character that cannot be shown."""
    return _UNSHOWABLE.sub("\N{REPLACEMENT CHARACTER}", text.replace("\r\n", "\n"))


def one_line(text: str, most: int = 0) -> str:
    """The text in one line, cut after so many characters; 0 leaves it whole."""
    line = " ".join(visible(text[: most * 2] if most else text).split())
    return f"{line[: most - 1]}…" if 0 < most < max(len(line), len(text)) else line
