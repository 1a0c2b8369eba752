"""Keeps what is marked as secret out of texts that somebody else wrote."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from policies.model.credentials.forms import SHORTEST_PART, forms, members

_SHORTEST: Final = 4
"""Shorter values are anywhere by chance."""

_COMMON: Final = frozenset({"true", "false", "null", "none"})


class Masks:
    """Secret values, and every form in which they may be printed."""

    def __init__(self, values: Iterable[str]) -> None:
        forms = {form for value in values for form in _forms(value)}
        self._forms = sorted(forms, key=lambda form: (-len(form), form))

    def redact(self, text: str) -> str:
        """The text with every value replaced."""
        # A pattern tries one form after the other at each character: few are in a text.
        there = [_alone(form) for form in self._forms if form in text]
        return re.sub("|".join(there), "[secret]", text) if there else text


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
