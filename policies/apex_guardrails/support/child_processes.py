"""Programs that are started with a group of their own, to be ended with all that they started."""

from __future__ import annotations

import contextlib
import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Protocol


class Process(Protocol):
    """A program that was started, whoever has started it."""

    stdin: IO[str] | None
    stdout: IO[str] | None
    stderr: IO[str] | None

    @property
    def pid(self) -> int | None:
        """Its number; `None` while it is not known."""
        ...

    def poll(self) -> int | None:
        """The exit code, if it has ended; a negative one is the signal that ended it."""
        ...

    def wait(self, timeout: float | None = None) -> int:
        """The exit code.

        Raises:
            subprocess.TimeoutExpired: it is running still, after some seconds.
        """
        ...

    def signal_group(self, number: int) -> None:
        """Sends a signal to it and to all that it started, if any of it runs still."""
        ...


class GroupLeader(subprocess.Popen[str]):
    """A program that leads a group of its own."""

    def signal_group(self, number: int) -> None:
        """Sends a signal to it and to all that it started, if any of it runs still."""
        signal_group(self.pid, number)


def signal_group(leader: int, number: int) -> None:
    """Sends a signal to a group of processes, if any of it runs still."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, number)


def start(
    command: Sequence[str], folder: Path, variables: Mapping[str, str], *, stdin: int
) -> GroupLeader:
    """Starts a program whose output is text, whatever bytes it writes.

    Args:
        command: the program and its arguments.
        folder: its working directory.
        variables: its whole environment.
        stdin: `subprocess.PIPE` or `subprocess.DEVNULL`.

    Raises:
        OSError: it cannot be started.
    """
    return GroupLeader(
        command,
        cwd=folder,
        env=dict(variables),
        stdin=stdin,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        errors="replace",
        start_new_session=True,
    )


def start_piped(command: Sequence[str], folder: Path, variables: Mapping[str, str]) -> Process:
    """The same, with a standard input that can be written to.

    Raises:
        OSError: it cannot be started.
    """
    return start(command, folder, variables, stdin=subprocess.PIPE)
