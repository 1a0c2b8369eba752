"""Makes an answer small enough to be read by a model, and says what it left out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from apex_guardrails.support.text import json_text

LARGEST: Final = 60_000
"""Characters of an answer as JSON: about 15,000 tokens."""

LEFT_OUT: Final = "left_out"
"""The key with how many entries below which other keys are missing."""

_STEPS: Final = (
    *((400, 2000), (200, 1000), (100, 1000), (50, 600), (25, 400)),
    *((12, 300), (6, 200), (3, 100), (1, 60), (0, 20)),
)
"""Entries of a list or mapping, and characters of a text: the first that fits is taken."""


_KEYS: Final = 30
"""Of a mapping that is one entry, and no list of entries by name."""


def bounded(answer: Mapping[str, Any], largest: int = LARGEST) -> dict[str, Any]:
    """The answer with long texts cut and long lists ended early, what comes first being kept."""
    cut: dict[str, Any] = {}
    for entries, characters in _STEPS:
        missing: dict[str, int] = {}
        cut = {key: _cut(value, entries, characters, key, missing) for key, value in answer.items()}
        if missing:
            cut[LEFT_OUT] = missing
        if len(json_text(cut, indent=None)) <= largest:
            break
    return cut


def _cut(value: Any, entries: int, characters: int, where: str, missing: dict[str, int]) -> Any:
    if isinstance(value, str):
        return value if len(value) <= characters else f"{value[:characters]}…"
    if isinstance(value, list | tuple):
        if len(value) > entries:
            missing[where] = missing.get(where, 0) + len(value) - entries
        return [_cut(item, entries, characters, where, missing) for item in value[:entries]]
    if isinstance(value, dict):
        if len(value) > (_KEYS if entries else 0) and len(value) > entries:
            missing[where] = missing.get(where, 0) + len(value) - entries
            value = dict(list(value.items())[:entries])
        return {
            str(key)[:characters]: _cut(item, entries, characters, where, missing)
            for key, item in value.items()
        }
    return value
