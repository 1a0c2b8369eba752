"""Keeps one stack from taking all the memory that there is."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import psutil

_MEGABYTE: Final = 1024 * 1024


@contextmanager
def limited_memory(megabytes: int) -> Iterator[None]:
    """Lets this process take so much more memory than it has now; what asks for more fails.

    Where the system has no such limit, as on Windows, or does not heed it, as on macOS, there is
    none: a state has a largest size all the same.

    Args:
        megabytes: what may be taken; 0 for no limit.

    Raises:
        MemoryError: whoever asks for more gets it.
    """
    if not megabytes or sys.platform == "win32":
        yield
        return
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
    has = getattr(psutil.Process().memory_info(), "data", 0)
    wanted = has + megabytes * _MEGABYTE
    ceilings = [it for it in (soft, hard) if it != resource.RLIM_INFINITY]
    resource.setrlimit(resource.RLIMIT_DATA, (min([wanted, *ceilings]), hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_DATA, (soft, hard))
