"""Tells the monitor what the program marks as secret, lest it be shown where the program prints it.

A mark that reaches a resource the monitor sees by itself. This is for those that reach none: the
program may fail before, or print more than it deploys.

Runs in the program's own environment: the standard library and the program's SDK alone.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import json
from typing import TYPE_CHECKING, Any

import grpc
import pulumi

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SERVICE = "/apex.Program/"
"""Takes what the modules beside tell the monitor, as JSON."""

METHOD = f"{SERVICE}Secrets"
"""Takes a list of texts."""

_SECONDS = 5
"""That the program's end waits for what has still to be told."""


def texts_of(value: Any) -> Iterator[str]:
    """The texts and numbers in a plain value."""
    if isinstance(value, dict):
        for item in value.values():
            yield from texts_of(item)
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from texts_of(item)
    elif isinstance(value, (str, int, float)) and not isinstance(value, bool):
        yield str(value)


class Teller:
    """The way to the monitor."""

    def __init__(self, monitor: str) -> None:
        # The monitor is on this machine: no proxy is between.
        self._channel = grpc.insecure_channel(monitor, options=[("grpc.enable_http_proxy", 0)])
        self._call: Any = self._channel.unary_unary(METHOD)
        self._told: set[str] = set()
        self._pending: list[Any] = []
        self._tasks: set[asyncio.Task[None]] = set()

    def ask(self, method: str, content: Any) -> None:
        """Tells the monitor something else, and waits until it knows."""
        call: Any = self._channel.unary_unary(f"{SERVICE}{method}")
        call(json.dumps(content).encode())

    def tell(self, value: Any) -> None:
        """Tells of a value, without waiting."""
        new = set(texts_of(value)) - self._told
        if new:
            self._told |= new
            self._pending.append(self._call.future(json.dumps(sorted(new)).encode()))

    def marking(self, secret: Callable[..., Any]) -> Callable[..., Any]:
        """`Output.secret`, telling."""

        @functools.wraps(secret)
        def wrapper(val: Any) -> Any:
            output = secret(val)
            # At once, as the program may fail on its next line.
            self.tell(val)
            if isinstance(output, pulumi.Output):
                task = asyncio.ensure_future(self._tell_later(output))
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)
            return output

        return wrapper

    async def _tell_later(self, output: pulumi.Output[Any]) -> None:
        # What is wrong with an output, whoever uses it says.
        with contextlib.suppress(Exception):
            if await output.is_known():
                self.tell(await output.future())

    def finish(self) -> None:
        """Waits until all is told."""
        for call in self._pending:
            with contextlib.suppress(Exception):
                call.result(timeout=_SECONDS)
        self._channel.close()


def tell(monitor: str) -> Teller:
    """Has the SDK tell from now on."""
    teller = Teller(monitor)
    output: Any = pulumi.Output
    output.secret = staticmethod(teller.marking(output.secret))
    return teller
