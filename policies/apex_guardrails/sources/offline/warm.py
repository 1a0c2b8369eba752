"""Starts Python programs from a process that has their SDK imported already.

`launchers/python_zygote.py` is that process. Whatever goes wrong with it, the program is started as
ever: a warm start saves time, and is never needed.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import socket
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Any, Final

from apex_guardrails.sources.offline.launchers.python import RUNNER
from apex_guardrails.support.child_processes import (
    GroupLeader,
    Process,
    signal_group,
    start_piped,
)

ZYGOTE: Final = RUNNER.with_name("python_zygote.py")

_MOST_DEATHS: Final = 3
"""After which it is not started again."""

_GRACE_SECONDS: Final = 1

_CRASHES: Final = frozenset(
    -number
    for number in (signal.SIGABRT, signal.SIGFPE, signal.SIGILL, signal.SIGSEGV, signal.SIGTRAP)
)

_LONGEST_ANSWER: Final = 1_000_000


class Zygote:
    """The process, and the socket that leads to it."""

    def __init__(self, command: Sequence[str], folder: Path, variables: Mapping[str, str]) -> None:
        """Starts it.

        Raises:
            OSError: it cannot be started.
        """
        self.what = (tuple(command), folder, dict(variables))
        self.is_closed = False
        self._control, theirs = socket.socketpair()
        self._received = b""
        with theirs:
            number = theirs.fileno()
            self._process = GroupLeader(
                [*command[:-1], str(ZYGOTE), str(number), command[-1]],
                cwd=folder,
                env=dict(variables),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                pass_fds=[number],
                start_new_session=True,
            )

    def is_dead(self) -> bool:
        """Whether it has ended by itself."""
        return not self.is_closed and self._process.poll() is not None

    def ask(self, descriptors: Sequence[int]) -> None:
        """Has it start the program, with these as standard input, output and error."""
        # One that has died says so where it is listened to.
        with contextlib.suppress(OSError):
            socket.send_fds(self._control, [b"+"], descriptors)

    def answer(self, seconds: float | None) -> dict[str, Any] | None:
        """What it says next; `None` where it says nothing within some seconds.

        Raises:
            EOFError: it has died.
        """
        end = _end(seconds)
        while b"\n" not in self._received:
            if not select.select([self._control], [], [], _left(end))[0]:
                return None
            try:
                piece = self._control.recv(_LONGEST_ANSWER)
            except OSError:
                piece = b""
            if not piece:
                raise EOFError
            self._received += piece
        line, _, self._received = self._received.partition(b"\n")
        answer: dict[str, Any] = json.loads(line)
        return answer

    def close(self) -> None:
        """Ends it."""
        self.is_closed = True
        self._control.close()
        self._process.signal_group(signal.SIGTERM)
        try:
            self._process.wait(_GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.signal_group(signal.SIGKILL)
            self._process.wait()


class WarmProcess:
    """A program that a zygote starts; where that one dies first, it is started as ever."""

    stdin: IO[str] | None
    stdout: IO[str] | None
    stderr: IO[str] | None

    def __init__(self, zygote: Zygote) -> None:
        self.files: Sequence[str] = ()
        self._zygote = zygote
        self._pid: int | None = None
        self._started: subprocess.Popen[bytes] | None = None
        self._code: int | None = None
        theirs_in, ours_in = os.pipe()
        ours_out, theirs_out = os.pipe()
        ours_err, theirs_err = os.pipe()
        self.stdin = os.fdopen(ours_in, "w", encoding="utf-8")
        self.stdout = os.fdopen(ours_out, encoding="utf-8", errors="replace")
        self.stderr = os.fdopen(ours_err, encoding="utf-8", errors="replace")
        self._theirs = [theirs_in, theirs_out, theirs_err]
        zygote.ask(self._theirs)

    @property
    def pid(self) -> int | None:
        """Its number, once it is known."""
        return self._pid

    def poll(self) -> int | None:
        """The exit code, if it has ended; a negative one is the signal that ended it."""
        try:
            return self.wait(0)
        except subprocess.TimeoutExpired:
            return None

    def wait(self, timeout: float | None = None) -> int:
        """The exit code.

        Raises:
            subprocess.TimeoutExpired: it is running still, after some seconds.
        """
        end = _end(timeout)
        while self._code is None:
            if self._started is not None:
                self._code = self._started.wait(_left(end))
                break
            try:
                answer = self._zygote.answer(_left(end))
            except EOFError:
                self._outlive()
                continue
            if answer is None:
                raise subprocess.TimeoutExpired(self._zygote.what[0], timeout or 0)
            self._hear(answer)
        return self._code

    def signal_group(self, number: int) -> None:
        """Sends a signal to it and to all that it started, if any of it runs still."""
        if self._pid is not None:
            signal_group(self._pid, number)
        elif self._code is None:
            # It would start some time, when nobody waits for it.
            self._zygote.close()
            self._code = -number
            self._let_go()

    def _hear(self, answer: Mapping[str, Any]) -> None:
        if "again" in answer:
            self._zygote.ask(self._theirs)
        elif "pid" in answer:
            self._pid = answer["pid"]
            self._let_go()
        else:
            self._code, self.files = answer["code"], answer["files"]

    def _outlive(self) -> None:
        """Goes on without the zygote."""
        if self._pid is not None:
            # The program may be running still, and nobody would know of its end.
            self.signal_group(signal.SIGKILL)
            self._code = -signal.SIGKILL
            return
        command, folder, variables = self._zygote.what
        try:
            self._started = subprocess.Popen(
                command,
                cwd=folder,
                env=variables,
                stdin=self._theirs[0],
                stdout=self._theirs[1],
                stderr=self._theirs[2],
                start_new_session=True,
            )
            self._pid = self._started.pid
        except OSError:
            self._code = 1
        self._let_go()

    def _let_go(self) -> None:
        """Closes the program's ends of its pipes here."""
        while self._theirs:
            os.close(self._theirs.pop())


class WarmStart:
    """A `Starter` whose Python programs start warm, one at a time."""

    def __init__(self) -> None:
        self._zygote: Zygote | None = None
        self._last: WarmProcess | None = None
        self._deaths = 0

    @property
    def files(self) -> Sequence[str]:
        """The files that the last program imported from outside its environment."""
        return self._last.files if self._last else ()

    @property
    def has_crashed(self) -> bool:
        """Whether the last program has ended as only a broken process does.

        Some systems have libraries that do not bear to be copied.
        """
        return self._last is not None and self._last.poll() in _CRASHES

    def __call__(
        self, command: Sequence[str], folder: Path, variables: Mapping[str, str]
    ) -> Process:
        """Starts a program.

        Raises:
            OSError: it cannot be started.
        """
        self._last = None
        zygote = self._zygote
        if zygote is not None and zygote.is_dead():
            self._deaths += 1
            self.close()
        is_warm = command[-1] == str(RUNNER) and hasattr(os, "fork")
        if not is_warm or self._deaths >= _MOST_DEATHS:
            return start_piped(command, folder, variables)
        zygote = self._zygote
        what = (tuple(command), folder, dict(variables))
        if zygote is None or zygote.is_closed or zygote.what != what:
            self.close()
            zygote = self._zygote = Zygote(command, folder, variables)
        self._last = WarmProcess(zygote)
        return self._last

    def give_up(self) -> None:
        """Starts every further program as ever."""
        self.close()
        self._deaths = _MOST_DEATHS

    def close(self) -> None:
        """Ends the process that programs are started from."""
        if self._zygote is not None:
            self._zygote.close()
            self._zygote = None


def _end(seconds: float | None) -> float | None:
    return None if seconds is None else time.monotonic() + seconds


def _left(end: float | None) -> float | None:
    return None if end is None else max(0, end - time.monotonic())
