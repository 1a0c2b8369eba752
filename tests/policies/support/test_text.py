"""Texts that others wrote, fit to be shown."""

from __future__ import annotations

import pytest

from apex_guardrails.support.text import one_line, visible


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("db\u202egnp", "db[U+202E]gnp"),
        ("d\u200bb", "d[U+200B]b"),
        ("d\U000e0041b", "d[U+E0041]b"),
        ("d\u2066b\ufeff", "d[U+2066]b[U+FEFF]"),
        ("d\x1b[31mb", "d\N{REPLACEMENT CHARACTER}[31mb"),
        ("naïve \N{GRINNING FACE}", "naïve \N{GRINNING FACE}"),
        ("नी\u200dल \u200c", "नी\u200dल \u200c"),
        ("::error::x", ":\u200b:error::x"),
    ],
)
def test_what_hides_is_seen(text: str, seen: str) -> None:
    assert visible(text) == seen
    assert visible(seen) == seen
    assert one_line(text, 40) == seen.strip()
