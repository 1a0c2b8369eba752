"""Keeps what is marked as secret out of texts that somebody else wrote."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Final

from apex_guardrails.model.credentials.forms import SHORTEST_PART, forms, members

_SHORTEST: Final = 4
"""Shorter values are anywhere by chance."""

_COMMON: Final = frozenset({"true", "false", "null", "none"})

_BREAKS: Final = re.compile(
    # The end of a text and the beginning of the next one, a colour, white space.
    r"(?:(?P<quote>['\"])\s*\n\s*(?P=quote)|\x1b\[[0-9;?]*[@-~]|\s)+"
)
"""What may be within a value where somebody wraps lines, or colours them."""

_MASK: Final = "[secret]"


class Masks:
    """Secret values, and every form in which they may be printed."""

    def __init__(self, values: Iterable[str]) -> None:
        forms = {form for value in values for form in _forms(value)}
        self._forms = sorted(forms, key=lambda form: (-len(form), form))

    def redact(self, text: str) -> str:
        """The text with every value replaced."""
        # A pattern tries one form after the other at each character: few are in a text.
        there = [_alone(form) for form in self._forms if form in text]
        return self._redact_broken(re.sub("|".join(there), _MASK, text) if there else text)

    @cached_property
    def _unbroken(self) -> list[str]:
        unbroken = {_BREAKS.sub("", form) for form in self._forms}
        return sorted(
            (form for form in unbroken if len(form) >= SHORTEST_PART),
            key=lambda form: (-len(form), form),
        )

    def _redact_broken(self, text: str) -> str:
        """The text with every value replaced that has breaks in it."""
        if not self._unbroken:
            return text
        pieces: list[str] = []
        starts: list[int] = []
        shifts: list[int] = []
        at = length = 0
        for found in (*_BREAKS.finditer(text), None):
            end = found.start() if found else len(text)
            pieces.append(text[at:end])
            starts.append(length)
            shifts.append(at - length)
            length += end - at
            at = found.end() if found else end
        joined = "".join(pieces)
        there = [re.escape(form) for form in self._unbroken if form in joined]
        if not there:
            return text

        def place(index: int) -> int:
            return index + shifts[bisect_right(starts, index) - 1]

        shown: list[str] = []
        done = 0
        for value in re.finditer("|".join(there), joined):
            shown += (text[done : place(value.start())], _MASK)
            done = place(value.end() - 1) + 1
        return "".join((*shown, text[done:]))


def _forms(value: str) -> Iterator[str]:
    for plain in _parts(value):
        if len(plain) >= _SHORTEST and plain.lower() not in _COMMON:
            yield from forms(plain)


def _parts(value: str) -> Iterator[str]:
    """A value, its lines, and what it holds where it is JSON."""
    yield value
    if len(value) != len(value.strip()):
        yield value.strip()
    if "\n" in value:
        yield from (
            line for line in map(str.strip, value.splitlines()) if len(line) > SHORTEST_PART
        )
    yield from members(value)


def _alone(form: str) -> str:
    """A pattern for a form: shorter ones are masked as words, and not within longer ones."""
    escaped = re.escape(form)
    return escaped if len(form) >= SHORTEST_PART else rf"(?<!\w){escaped}(?!\w)"
