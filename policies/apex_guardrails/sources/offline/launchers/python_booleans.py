"""Booleans in answers that are assumed: false to a program, and unknown where they are sent.

A text or a number that is assumed has a mark in it; a boolean has no room for one. So it is an
object here, which notices where the program's own code decides by it.

Runs in the program's own environment: the standard library alone.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

DEEPEST = 20

_ASKED: dict[tuple[str, int, str, str], None] = {}
"""By file, line, function and path; a set that keeps its order."""


class Boolean(int):
    """One of them. Python lets nothing be derived from `bool`, but `int` has all that it has."""

    token: str
    path: str
    is_own: Callable[[str], bool]

    def _asked(self) -> None:
        # Beyond the method of ours that asked it.
        frame = sys._getframe(2)  # noqa: SLF001 documented, and there is no other way
        if self.is_own(frame.f_code.co_filename):
            _ASKED[frame.f_code.co_filename, frame.f_lineno, self.token, self.path] = None

    def __bool__(self) -> bool:
        self._asked()
        return False

    def __eq__(self, other: object) -> bool:
        self._asked()
        return other == 0

    def __ne__(self, other: object) -> bool:
        self._asked()
        return other != 0

    def __hash__(self) -> int:
        return hash(False)  # noqa: FBT003 what it seems to be

    def __repr__(self) -> str:
        return "False"

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        return format("False", spec)


class Booleans:
    """Those of one run.

    Args:
        is_own: whether a file is the program's.
        named: a name as the provider writes it.
    """

    def __init__(self, is_own: Callable[[str], bool], named: Callable[[str], str]) -> None:
        self._is_own = is_own
        self._named = named

    def put_into(self, answer: Any, token: str, given: Collection[str]) -> None:
        """Has every boolean in an assumed answer be one of them.

        Args:
            answer: as the SDK made it.
            token: the function's.
            given: the names of its arguments: what it was called with, it answers with.
        """
        members = _members(answer)
        for name in members if isinstance(members, dict) else ():
            if self._named(name) not in given:
                self._put(members, name, token, self._named(name), DEEPEST)

    def _put(self, owner: Any, at: Any, token: str, path: str, levels: int) -> None:
        value = owner[at]
        if value is False:
            boolean = owner[at] = Boolean(0)
            boolean.token, boolean.path, boolean.is_own = token, path, self._is_own
        elif levels:
            members = _members(value)
            for name in list(members) if isinstance(members, dict) else range(len(members)):
                # Of all elements of a list it is the same question.
                step = "[*]" if isinstance(name, int) else f".{self._named(name)}"
                self._put(members, name, token, f"{path}{step}", levels - 1)

    @staticmethod
    def asked() -> list[dict[str, Any]]:
        """Where the program has decided by one."""
        return [
            {"file": file, "line": line, "token": token, "path": path}
            for file, line, token, path in _ASKED
        ]


def _members(value: Any) -> Any:
    """What can be set in a value: an object's members, or a list's."""
    if isinstance(value, (dict, list)) and value:
        return value
    return getattr(value, "__dict__", [])
