"""An event loop for programs that run against the mocks of Pulumi's SDK."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager


@contextmanager
def event_loop() -> Iterator[asyncio.AbstractEventLoop]:
    """Gives this thread an event loop, and one to each thread that answers requests.

    The mocks would make the latter themselves, and leave them open.
    """
    loops: list[asyncio.AbstractEventLoop] = []

    def begin() -> None:
        loops.append(asyncio.new_event_loop())
        asyncio.set_event_loop(loops[-1])

    begin()
    try:
        with ThreadPoolExecutor(initializer=begin) as executor:
            loops[0].set_default_executor(executor)
            yield loops[0]
    finally:
        asyncio.set_event_loop(None)
        for loop in loops:
            loop.close()
