"""Makes what is written on the page fit for it; HTML itself is escaped after it."""

from __future__ import annotations

from typing import Any, Final

from apex_guardrails.support.text import visible

LONGEST: Final = 2_000
"""Characters of a text; a longer one is cut, and says so."""


def shown(value: Any) -> Any:
    """A text of bounded length without anything that hides; what is no plain text as it is."""
    if type(value) is not str:
        return value
    # All but a few texts: every character is seen, and no runner takes them for a command.
    if len(value) <= LONGEST and value.isprintable() and "##[" not in value:
        return value
    text = visible(value[:LONGEST])
    left = len(value) - LONGEST
    return f"{text}… ({left:,} more characters)" if left > 0 else text
