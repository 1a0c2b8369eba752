"""The mark of what is secret in a stack file: `{"secure": ...}`."""

from __future__ import annotations

from typing import Any, Final

SECURE: Final = "secure"


def is_secure(value: Any) -> bool:
    """Whether a value is secret as a whole, as a stack file marks it."""
    return isinstance(value, dict) and set(value) == {SECURE}


def holds_secure(value: Any) -> bool:
    """Whether a value is secret, or a part of it."""
    if isinstance(value, dict):
        return is_secure(value) or any(map(holds_secure, value.values()))
    return isinstance(value, list) and any(map(holds_secure, value))
