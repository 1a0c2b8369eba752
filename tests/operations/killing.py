"""Commands that are killed in the middle of what they do."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest


class KilledError(BaseException):
    """The command is killed here."""


@contextmanager
def killed(there: object, where: str, *, after: int = 1) -> Iterator[None]:
    """The command dies right after it did something so many times; with 0, before it does."""
    original: Callable[..., Any] = getattr(there, where)
    left = after

    def killing(*arguments: Any, **options: Any) -> Any:
        nonlocal left
        if not left:
            raise KilledError
        result = original(*arguments, **options)
        left -= 1
        if not left:
            raise KilledError
        return result

    setattr(there, where, killing)
    try:
        with pytest.raises(KilledError):
            yield
    finally:
        setattr(there, where, original)
