"""Garbage collection, where nearly all that is made stays and to look for garbage costs time."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


def keep_all() -> None:
    """What there is stays to the end: nobody needs to look whether it is garbage."""
    gc.freeze()


@contextmanager
def no_collections() -> Iterator[None]:
    """Looks for no garbage meanwhile; on again afterwards, if it was on."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
