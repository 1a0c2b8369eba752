"""Notices which environment variables the program asks for and is not given, or that are not set.

What it makes may depend on them. One that is kept from it and a credential by its name is answered
with a placeholder, where the program itself asks.

Runs in the program's own environment: the standard library alone.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

SETTING = "`offline.environment` in policy-pack.yaml names what a program gets"

OTHERWISE = "where it is set, the program may make something else"

MOST = 20
"""Variables that are told of."""

_ENVIRONMENT = frozenset({"os", "_collections_abc", "collections.abc"})
"""Modules that are between who asks for a variable and the answer."""


class Variables:
    """What is asked for.

    Attributes:
        asked: the variables that are set outside and kept from the program, with file and line.
        unset: those that are not set at all, in the same way.
    """

    def __init__(
        self,
        withheld: Collection[str],
        stood_in: Mapping[str, str],
        is_own: Callable[[str], bool],
    ) -> None:
        self.asked: dict[str, str] = {}
        self.unset: dict[str, str] = {}
        self._withheld = frozenset(withheld)
        self._stood_in = stood_in
        self._is_own = is_own

    def watch(self) -> None:
        """Notices them from now on."""
        environment: Any = type(os.environ)
        take = environment.__getitem__

        def __getitem__(mapping: Any, key: Any) -> Any:  # noqa: N807 the name shows in tracebacks
            try:
                return take(mapping, key)
            except KeyError:
                if self._is_asked_by_program(key) and key in self._stood_in:
                    return self._stood_in[key]
                raise

        environment.__getitem__ = __getitem__

    def _is_asked_by_program(self, key: str) -> bool:
        """Whether it is not a library that asks; then it is noted."""
        frame = sys._getframe(2)  # noqa: SLF001 documented, and there is no other way
        while frame.f_back is not None and frame.f_globals.get("__name__") in _ENVIRONMENT:
            frame = frame.f_back
        is_own = self._is_own(frame.f_code.co_filename)
        if is_own:
            found = self.asked if key in self._withheld else self.unset
            found.setdefault(key, f"{frame.f_code.co_filename}:{frame.f_lineno}")
        return is_own

    def notes(self) -> list[str]:
        """Of a program that has gone on without them."""
        return [
            *self._kept_from_it(),
            *(
                f"{place}: reads {name}, which is not set here: {OTHERWISE}"
                for name, place in list(self.unset.items())[:MOST]
            ),
        ]

    def _kept_from_it(self) -> list[str]:
        return [
            f"{place}: reads {name}, which is set here but not passed to the program"
            f"{', which gets a placeholder' if name in self._stood_in else ''}: {SETTING}"
            for name, place in list(self.asked.items())[:MOST]
        ]

    def hints(self, error: BaseException) -> list[str]:
        """The same for an error, and where a variable is asked for that is not set at all."""
        found = self._kept_from_it()
        if isinstance(error, ModuleNotFoundError) and "PYTHONPATH" in self._withheld:
            found.append(f"PYTHONPATH is set here but not passed to the program: {SETTING}")
        name = error.args[0] if isinstance(error, KeyError) and error.args else None
        if name and name not in self.asked and self._is_of_environment(error):
            is_set = "is set here but not passed" if name in self._withheld else "is not set here"
            found.append(f"the environment variable {name} {is_set}: {SETTING}")
        return found

    @staticmethod
    def _is_of_environment(error: BaseException) -> bool:
        trace = error.__traceback__
        names = set()
        while trace is not None:
            names.add((trace.tb_frame.f_globals.get("__name__"), trace.tb_frame.f_code.co_name))
            trace = trace.tb_next
        return ("os", "__getitem__") in names
