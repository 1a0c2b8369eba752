"""Adds items to what is written in brackets, with commas between: calls, objects, literals."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from apex_guardrails.sources.offline.edits.edit import ByHandError, Edit


@dataclass(frozen=True)
class Brackets:
    """A list of items in brackets.

    Attributes:
        content: the file's.
        inner: the first byte after the opening bracket, and the closing one.
        items: where each item begins and ends, in order.
        comment: what a comment is, as a regular expression.
        padding: what stands inside brackets with items on one line.
    """

    content: bytes
    inner: tuple[int, int]
    items: Sequence[tuple[int, int]]
    comment: bytes
    padding: str = ""

    def add(self, texts: Sequence[str]) -> list[Edit]:
        """The edits that add items at the end.

        Raises:
            ByHandError: there is something else between the last item and the closing bracket.
        """
        start, close = self.inner
        if not self.items:
            if self.content[start:close].strip():
                raise ByHandError("there is only a comment in it")
            return [Edit(start, close, f"{self.padding}{', '.join(texts)}{self.padding}")]
        first, end = self.items[-1]
        gap = self.content[end:close]
        bare = re.sub(self.comment, b"", gap, flags=re.DOTALL).strip()
        if bare not in {b"", b","}:
            raise ByHandError("it is not certain where its last input ends")
        line_start = self.content.rfind(b"\n", 0, first) + 1
        indent = self.content[line_start:first]
        if indent.strip() or line_start < start:
            return self._on_one_line(texts, end, has_comma=bare == b",")
        return self._on_lines(texts, end, indent.decode(), has_comma=bare == b",")

    def _on_one_line(self, texts: Sequence[str], end: int, *, has_comma: bool) -> list[Edit]:
        added = ", ".join(texts)
        if not has_comma:
            return [Edit(end, end, f", {added}")]
        after = self._comma(end) + 1
        return [Edit(after, after, f" {added},")]

    def _on_lines(
        self, texts: Sequence[str], end: int, indent: str, *, has_comma: bool
    ) -> list[Edit]:
        newline = "\r\n" if b"\r\n" in self.content else "\n"
        last = self._comma(end) + 1 if has_comma else end
        line_end = self.content.find(b"\n", last)
        line_end = len(self.content) if line_end < 0 else line_end
        if self.content[line_end - 1 : line_end] == b"\r":
            line_end -= 1
        at = min(line_end, self.inner[1])
        lines = f",{newline}{indent}".join(texts)
        added = f"{newline}{indent}{lines}"
        if has_comma:
            return [Edit(at, at, f"{added},")]
        if at == end or not self.content[end:at].strip():
            return [Edit(end, end, f",{added}")]
        # Before a comment that stands behind the last item.
        return [Edit(end, end, ","), Edit(at, at, added)]

    def _comma(self, end: int) -> int:
        """The comma behind the last item; not one in a comment."""
        gap = self.content[end : self.inner[1]]
        blank = re.sub(self.comment, lambda match: b" " * len(match[0]), gap, flags=re.DOTALL)
        return end + blank.index(b",")
