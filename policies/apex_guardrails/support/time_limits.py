"""Ends Python code that takes too long, in whichever thread it runs."""

from __future__ import annotations

import ctypes
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

POLL_SECONDS: Final = 0.05
"""How long code may go on after its time is over."""


class TookTooLongError(BaseException):
    """What is raised in such code; no `except Exception` there holds it back."""


class _Watch:
    """One thread that looks after all limits, as a thread for each would cost more than most code.

    It ends when nothing was limited for a while.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._limits: dict[object, tuple[float, int]] = {}
        self._is_used = False
        self._is_running = False

    def begin(self, limit: object, seconds: float) -> None:
        with self._lock:
            self._limits[limit] = time.monotonic() + seconds, threading.get_ident()
            self._is_used = True
            if not self._is_running:
                self._is_running = True
                threading.Thread(target=self._run, daemon=True).start()

    def end(self, limit: object) -> None:
        with self._lock:
            self._limits.pop(limit, None)

    def _run(self) -> None:
        while self._look():
            time.sleep(POLL_SECONDS)

    def _look(self) -> bool:
        """Ends what is over; whether to look again."""
        with self._lock:
            now = time.monotonic()
            for limit, (over, thread) in tuple(self._limits.items()):
                if now >= over:
                    del self._limits[limit]
                    ctypes.pythonapi.PyThreadState_SetAsyncExc(
                        ctypes.c_ulong(thread), ctypes.py_object(TookTooLongError)
                    )
            self._is_running = self._is_used or bool(self._limits)
            self._is_used = False
            return self._is_running


_WATCH: Final = _Watch()


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raises a `TookTooLongError` in what runs within this, once the time is over.

    What waits for the operating system is ended when that answers.
    """
    limit = object()
    _WATCH.begin(limit, seconds)
    try:
        yield
    finally:
        _WATCH.end(limit)
