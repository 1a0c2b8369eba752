"""Keeps what is marked as secret out of texts that somebody else wrote."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable, Iterator
from typing import Final
from urllib.parse import quote

from policies.model.value import from_json, leaves

_SHORTEST: Final = 4
"""Shorter values are anywhere by chance."""

_SHORTEST_PART: Final = 8
"""Shorter values are masked as words, and not within longer ones."""

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
            data = plain.encode(errors="surrogatepass")
            yield plain
            # As JSON and Python write it in a text, with and without the letters beyond ASCII.
            yield json.dumps(plain)[1:-1]
            yield json.dumps(plain, ensure_ascii=False)[1:-1]
            yield repr(plain)[1:-1]
            yield quote(plain, safe="", errors="replace")
            yield base64.b64encode(data).decode()
            yield base64.urlsafe_b64encode(data).decode()


def _parts(value: str) -> Iterator[str]:
    """A value, its lines, and what it holds where it is JSON."""
    yield value
    if len(value) != len(value.strip()):
        yield value.strip()
    if "\n" in value:
        yield from (
            line for line in map(str.strip, value.splitlines()) if len(line) > _SHORTEST_PART
        )
    if value[:1] in ("{", "["):
        try:
            inside = list(leaves(from_json(value)))
        except ValueError:
            return
        yield from (str(leaf.value) for leaf in inside if len(str(leaf.value)) >= _SHORTEST_PART)


def _alone(form: str) -> str:
    escaped = re.escape(form)
    return escaped if len(form) >= _SHORTEST_PART else rf"(?<!\w){escaped}(?!\w)"
