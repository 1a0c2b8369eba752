"""What a program does after its end: nobody sees what it registers then, so it is an error.

Runs in the program's own environment: the standard library and the program's SDK alone.
"""

from __future__ import annotations

import asyncio
import functools
import inspect
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pulumi

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import CodeType

NEXT = "wait for it in the program, so that what it registers is judged"


def left_running(loop: asyncio.AbstractEventLoop, is_own: Callable[[Path], bool]) -> Iterator[str]:
    """What of the program's own is still under way, and may register resources.

    Args:
        loop: the program's event loop.
        is_own: whether a file is the program's.
    """
    for task in asyncio.all_tasks(loop):
        code = getattr(task.get_coro(), "cr_code", None)
        if code is not None and is_own(Path(code.co_filename)):
            yield _has_not_ended("task", code)
    for thread, code in _threads(is_own):
        # Python itself waits for these: whether they register anything is seen then.
        if not thread.daemon:
            thread.join()
        else:
            yield _has_not_ended("thread", code)


def _has_not_ended(what: str, code: CodeType) -> str:
    return (
        f"{code.co_filename}:{code.co_firstlineno}: the program has ended, but its {what} "
        f"{code.co_name} has not: {NEXT}"
    )


def _threads(is_own: Callable[[Path], bool]) -> Iterator[tuple[threading.Thread, CodeType]]:
    for thread in threading.enumerate():
        # A thread made of a class of the program's has no target.
        target = inspect.unwrap(getattr(thread, "_target", None) or type(thread).run)
        code = getattr(target, "__code__", None)
        if code is not None and is_own(Path(code.co_filename)):
            yield thread, code


def refuse_resources(place: Callable[[], str], tell: Callable[[str], None]) -> None:
    """Has the SDK refuse every further resource.

    Args:
        place: file and line of the program's call under way.
        tell: tells the monitor of an error.
    """
    make = pulumi.Resource.__init__

    @functools.wraps(make)
    def late(self: pulumi.Resource, *args: Any, **kwargs: Any) -> None:
        given = inspect.signature(make).bind(self, *args, **kwargs).arguments
        if given.get("dependency"):
            make(self, *args, **kwargs)
            return
        message = (
            f"{place()}{given['t']} ({given['name']}) is made after the program has ended: "
            "make it before, so that it is judged"
        )
        tell(message)
        raise pulumi.RunError(message)

    resource: Any = pulumi.Resource
    resource.__init__ = late
