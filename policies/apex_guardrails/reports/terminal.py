"""Standard output, and how lines of text from strangers get there."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass

from rich.console import Console
from rich.text import Text

from apex_guardrails.support.text import visible


class StandardOutput(Console):
    """Standard output: colours on a terminal that wants them, plain text in a pipe."""

    def __init__(self) -> None:
        super().__init__(
            highlight=False,
            # `gcp:key:Key` is a type, and no picture of a key.
            emoji=False,
            # NO_COLOR stands for no escape sequences at all, as no-color.org's readers expect.
            color_system=None if os.environ.get("NO_COLOR") else "auto",
            # In a pipe nothing is cut off or folded: a table is as wide as it needs to be.
            width=None if sys.stdout.isatty() else 240,
        )


@dataclass(frozen=True)
class Page:
    """Where something is written. What a program brings is made harmless here, once."""

    console: Console

    def line(self, text: str = "", *, markup: bool = False) -> None:
        """One line as it is: wrapped by the terminal, not by us, so that it can be searched for."""
        self.console.print(visible(text), markup=markup, highlight=False, soft_wrap=True)

    def block(self, head: str, *lines: str) -> None:
        """A line with markup, and others as they are: printed at once, which is much faster."""
        text = Text.from_markup(visible(head), emoji=False)
        # Not through markup: what opens in one line and closes in another would be taken for it.
        text.append("".join(f"\n{visible(line)}" for line in lines))
        self.console.print(text, soft_wrap=True)
