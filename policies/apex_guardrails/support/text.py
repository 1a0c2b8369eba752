"""Makes texts that others wrote fit to be shown: names, messages, what a program printed."""

from __future__ import annotations

import json
import re
from typing import Any, Final

_UNSHOWABLE: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
"""What drives a terminal, and what XML 1.0 cannot hold; line ends and tabs aside."""

_UNSEEN: Final = re.compile(
    "[\u061c\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\U000e0000-\U000e007f]|(?<![:#])\u200b"
)
"""What turns text around, or is not seen: with it, a name looks like another one. What joins the
signs of some scripts and of emojis is none, nor is what already keeps a command from being one."""

_COMMAND: Final = re.compile(r"^([^\S\n]*:)(?=:)|(##)(?=\[)", re.MULTILINE)
"""What makes a line of a log a command to the runner of GitHub's or Azure's workflows."""


def visible(text: str) -> str:
    """The text with a mark for each character that cannot be shown, and no workflow command.

    What is not seen is shown by its number, such as `[U+202E]`.
    """
    marked = _UNSHOWABLE.sub("\N{REPLACEMENT CHARACTER}", text.replace("\r\n", "\n"))
    marked = _UNSEEN.sub(lambda found: f"[U+{ord(found[0]):04X}]", marked)
    return _COMMAND.sub(lambda found: f"{found[0]}\N{ZERO WIDTH SPACE}", marked)


def one_line(text: str, most: int = 0) -> str:
    """The text in one line, cut after so many characters; 0 leaves it whole."""
    line = " ".join(visible(text[: most * 2] if most else text).split())
    return f"{line[: most - 1]}…" if 0 < most < max(len(line), len(text)) else line


def json_text(value: Any, *, indent: int | None = 2) -> str:
    """The value as JSON, in ASCII alone and without workflow commands, however it is read.

    Without indent it is written several times faster.
    """
    return json.dumps(value, indent=indent).replace("##[", "\\u0023#[") + "\n"
