"""Ends a program that needs more memory than it may have."""

from __future__ import annotations

import signal
import threading
from typing import Final

from apex_guardrails.support.child_processes import Process

MEGABYTE: Final = 1024 * 1024
_LOOK_SECONDS: Final = 0.5


class MemoryWatch:
    """Looks after a program and all that it started, in a thread of its own.

    A limit of the system's own would count what is reserved, too, of which Node.js and Go reserve
    many times what they use.

    Attributes:
        is_exceeded: whether the program has been ended for it.
    """

    def __init__(self, process: Process, limit: int) -> None:
        """Looks from now on.

        Args:
            process: the program.
            limit: bytes of memory, resident.
        """
        self.is_exceeded = False
        self._process = process
        self._limit = limit
        self._has_ended = threading.Event()
        threading.Thread(target=self._look, daemon=True).start()

    def end(self) -> None:
        """Looks no more."""
        self._has_ended.set()

    def _look(self) -> None:
        while not self._has_ended.wait(_LOOK_SECONDS):
            pid = self._process.pid
            if pid is not None and _resident(pid) > self._limit:
                self.is_exceeded = True
                self._process.signal_group(signal.SIGKILL)
                return


def _resident(pid: int) -> int:
    """Bytes of memory that a process and its descendants have."""
    # Imported only when a program has run for a while.
    import psutil

    total = 0
    try:
        leader = psutil.Process(pid)
        family = [leader, *leader.children(recursive=True)]
    except psutil.Error:
        return 0
    for process in family:
        try:
            total += process.memory_info().rss
        except psutil.Error:
            continue
    return total
