"""How far a run is: a bar on a terminal, a line every few seconds in a log."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from rich.progress import Progress as Bar
    from rich.progress import TaskID

EVERY: Final = 10.0
"""Seconds between two lines in a log."""


@dataclass
class Progress:
    """Tells on standard error how far a run is.

    Attributes:
        is_quiet: whether nothing is told.
        is_terminal: whether there is a terminal to draw on.
        write: writes a line.
        clock: seconds.
    """

    is_quiet: bool = False
    is_terminal: bool = False
    write: Callable[[str], object] = field(default_factory=lambda: sys.stderr.write)
    clock: Callable[[], float] = time.monotonic
    total: int = 0
    done: int = 0
    failed: int = 0
    _kept: int = 0
    _began: float = 0.0
    _told: float = 0.0
    _bar: Bar | None = field(default=None, repr=False)
    _task: TaskID | None = None

    @contextmanager
    def of(self, total: int, kept: int) -> Iterator[None]:
        """Tells of so many states, of which an earlier run has judged some."""
        self.total, self.done, self._kept = total, kept, kept
        self._began = self._told = self.clock()
        if self.is_quiet or not self.is_terminal:
            yield
            self._line(is_last=True)
            return
        with self._drawn():
            yield

    @contextmanager
    def _drawn(self) -> Iterator[None]:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

        columns = (
            TextColumn("{task.completed:,.0f} of {task.total:,.0f} states"),
            BarColumn(),
            TextColumn("{task.fields[rate]} · {task.fields[failed]}"),
            TimeRemainingColumn(),
        )
        with Progress(*columns, console=Console(stderr=True)) as self._bar:
            self._task = self._bar.add_task(
                "", total=self.total, completed=self.done, rate=self.rate, failed=self.failures
            )
            yield
        self._bar = None

    def advance(self, states: int, failed: int) -> None:
        """So many more were judged, of which some could not be."""
        self.done += states
        self.failed += failed
        if self._bar is not None and self._task is not None:
            self._bar.update(self._task, completed=self.done, rate=self.rate, failed=self.failures)
        elif self.clock() - self._told >= EVERY:
            self._line()

    def say(self, text: str) -> None:
        """Tells something else."""
        if not self.is_quiet and not self.is_terminal:
            self.write(f"apex: {text}\n")

    def warn(self, text: str) -> None:
        """Tells what nobody has asked for, and so is told whoever asks for silence."""
        self.write(f"apex: {text}\n")

    @property
    def rate(self) -> str:
        """How many states a second are judged."""
        took = self.clock() - self._began
        return f"{(self.done - self._kept) / took:.1f} a second" if took > 0 else "0 a second"

    @property
    def failures(self) -> str:
        """How many could not be judged."""
        return f"{self.failed:,} failed"

    def _line(self, *, is_last: bool = False) -> None:
        self._told = self.clock()
        left = self._left()
        told = f", {left} left" if left and not is_last else ""
        self.say(f"{self.done:,} of {self.total:,} states, {self.rate}, {self.failures}{told}")

    def _left(self) -> str:
        judged = self.done - self._kept
        if not judged:
            return ""
        seconds = (self.clock() - self._began) * (self.total - self.done) / judged
        minutes, seconds = divmod(round(seconds), 60)
        return f"{minutes} min {seconds} s" if minutes else f"{seconds} s"
