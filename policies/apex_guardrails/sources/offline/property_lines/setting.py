"""What is asked of a source file, whatever its language is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol


class Source(Protocol):
    """A parsed file. Lines are counted from 1."""

    def lines_setting(self, name: str) -> Sequence[int]:
        """The lines on which something called so is set, by the provider's name for it."""

    def call_at(self, line: int) -> range:
        """The lines of the outermost call that begins on a line; empty where none does."""
