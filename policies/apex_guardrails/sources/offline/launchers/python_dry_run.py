"""Notices where the program asks whether this is a preview: what it makes otherwise is not seen.

Runs in the program's own environment: the standard library and the program's SDK alone.
"""

from __future__ import annotations

import functools
import sys
from typing import TYPE_CHECKING, Any

import pulumi.runtime

if TYPE_CHECKING:
    from collections.abc import Callable


class Asked:
    """Where it was asked.

    Args:
        is_own: whether a file is the program's.
    """

    def __init__(self, is_own: Callable[[str], bool]) -> None:
        self._is_own = is_own
        self._places: set[tuple[str, int]] = set()

    def watch(self) -> None:
        """Notices it from now on."""
        ask: Any = pulumi.runtime.is_dry_run

        @functools.wraps(ask)
        def asked() -> Any:
            caller = sys._getframe(1)  # noqa: SLF001 documented, and there is no other way
            if self._is_own(caller.f_code.co_filename):
                self._places.add((caller.f_code.co_filename, caller.f_lineno))
            return ask()

        pulumi.runtime.is_dry_run = asked

    def notes(self) -> list[str]:
        """What a reader of the result should know."""
        return [
            f"{file}:{line}: the program asks whether this is a preview: what it makes in a "
            "deployment alone is not seen"
            for file, line in sorted(self._places)
        ]
