"""Waits for processes by what they do, never by how long that takes on some machine."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil


def is_gone(pid: int) -> bool:
    """Whether a process has ended, be it that nobody has asked for its exit code yet."""
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def wait_until(holds: Callable[[], bool]) -> None:
    """Returns when something holds; the time limit of tests ends what never does."""
    while not holds():
        time.sleep(0.01)


class Started:
    """A process tells when it is where a test wants it, and only then its time begins.

    What is judged has so many seconds. That it needs some of them to start at all is no matter of
    the test, which is why they count from the moment on in which it writes to `pipe`.
    """

    def __init__(self, folder: Path) -> None:
        self.pipe = folder / "started"
        os.mkfifo(self.pipe)
        self.text = ""

    def first(self, wait: Callable[..., Any]) -> Callable[..., Any]:
        """A function that waits for a process, once it has started, for no time at all."""

        def waiting(process: Any, *arguments: Any, **options: Any) -> Any:
            if self.text:
                return wait(process, *arguments, **options)
            self.text = self.pipe.read_text()
            options = {name: 0 if name == "timeout" else value for name, value in options.items()}
            return wait(process, *(0 for _ in arguments), **options)

        return waiting
