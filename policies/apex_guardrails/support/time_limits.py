"""Ends Python code that takes too long, in whichever thread it runs."""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Iterator
from contextlib import contextmanager


class TookTooLongError(BaseException):
    """What is raised in such code; no `except Exception` there holds it back."""


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raises a `TookTooLongError` in what runs within this, once the time is over.

    What waits for the operating system is ended when that answers.
    """
    thread = ctypes.c_ulong(threading.get_ident())
    lock = threading.Lock()
    is_over = False

    def end() -> None:
        with lock:
            if not is_over:
                ctypes.pythonapi.PyThreadState_SetAsyncExc(
                    thread, ctypes.py_object(TookTooLongError)
                )

    timer = threading.Timer(seconds, end)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        with lock:
            is_over = True
        timer.cancel()
