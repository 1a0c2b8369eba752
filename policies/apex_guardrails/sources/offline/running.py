"""A program under way: first what makes it, where something has to, and then the program itself."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from apex_guardrails.sources.offline.launchers.protocol import Command
from apex_guardrails.sources.offline.process import Child, Starter
from apex_guardrails.support.child_processes import start_piped
from apex_guardrails.support.errors import UsageError
from apex_guardrails.support.streams import tell

_LOOK_SECONDS: Final = 0.25
"""How often it is asked whether a run is outdated."""


class OutdatedError(Exception):
    """The program has been changed, so that nobody waits for what it was."""


class Running:
    """Started when it is made; the program gets its instructions once it is there.

    Attributes:
        unprepared: why there is no program to be run; `None` where there is one.
    """

    def __init__(  # noqa: PLR0913 each is a fact of its own
        self,
        command: Command,
        folder: Path,
        variables: Mapping[str, str],
        *,
        starter: Starter = start_piped,
        is_outdated: Callable[[], bool] | None = None,
        memory: int | None = None,
    ) -> None:
        """Starts the program, or what makes it.

        Args:
            command: what is run.
            folder: where.
            variables: the environment that every program gets.
            starter: starts a process.
            is_outdated: asked while it runs: whether it has been changed.
            memory: bytes that the program may need, which are not for what makes it.

        Raises:
            UsageError: it cannot be started.
        """
        self._command = command
        self._folder = folder
        self._variables = variables
        self._starter = starter
        self._is_outdated = is_outdated
        self._memory = memory
        self._instructions: str | None = None
        self.unprepared: str | None = None
        making = command.preparation
        if making is not None:
            self._child = self._started(making.arguments, making.folder, making.variables)
        else:
            self._child = self._started(command.arguments, folder, command.variables)

    def _started(
        self, arguments: Sequence[str], folder: Path, variables: Mapping[str, str]
    ) -> Child:
        try:
            # What makes a program has no limit: a compiler needs what it needs.
            memory = self._memory if self._command.preparation is None else None
            everything = {**self._variables, **variables}
            return Child(arguments, folder, everything, self._starter, memory)
        except OSError as error:
            raise UsageError(f"{arguments[0]}: cannot be started: {error.strerror}") from None

    @property
    def output(self) -> Sequence[str]:
        """What it wrote to standard output."""
        return self._child.output

    @property
    def errors(self) -> Sequence[str]:
        """What it wrote to standard error."""
        return self._child.errors

    @property
    def dropped_lines(self) -> int:
        """How many lines more it wrote than are kept."""
        return self._child.dropped_lines

    @property
    def needed_too_much_memory(self) -> bool:
        """Whether it was ended because it needed more memory than it may have."""
        return self._child.needed_too_much_memory

    def send(self, line: str) -> None:
        """Gives the program its instructions."""
        if self._command.preparation is None:
            self._child.send(line)
        else:
            self._instructions = line

    def wait(self, seconds: float) -> int | None:
        """The exit code, as `Child.wait` has it; what makes the program has a time of its own.

        Raises:
            OutdatedError: it has been changed meanwhile.
        """
        making = self._command.preparation
        if making is not None:
            if not making.is_quick:
                tell(f"building {making.what}: this takes minutes")
            code = self._code(making.seconds)
            self._child.stop()
            if code != 0:
                self.unprepared = (
                    f"{making.what} was not built within {making.seconds:g} seconds"
                    if code is None
                    else "\n".join([f"{making.what} cannot be built:", *self._child.errors])
                )
                return code
            command = self._command = replace(self._command, preparation=None)
            self._child = self._started(command.arguments, self._folder, command.variables)
            self._child.send(self._instructions or "")
        return self._code(seconds)

    def _code(self, seconds: float) -> int | None:
        if self._is_outdated is None:
            return self._child.wait(seconds)
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            code = self._child.wait(min(left, _LOOK_SECONDS))
            if code is not None:
                return code
            if self._is_outdated():
                raise OutdatedError
        return None

    def stop(self) -> None:
        """Ends it, and all that it started."""
        self._child.stop()
