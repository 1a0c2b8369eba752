"""Messages of the protocol over standard input and output: a line of JSON each, of bounded length.

What is no message is answered, too, so that whoever sent it learns of it; what anything prints goes
to standard error.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import BinaryIO, Final

import anyio
from anyio.streams.memory import MemoryObjectReceiveStream, MemoryObjectSendStream
from mcp.shared.message import SessionMessage
from mcp.types import (
    INVALID_REQUEST,
    PARSE_ERROR,
    ErrorData,
    JSONRPCError,
    jsonrpc_message_adapter,
)
from pydantic import ValidationError

from apex_guardrails.support.streams import taken_streams

LONGEST_MESSAGE: Final = 256 * 1024
"""Bytes of a line that is read."""

Received = SessionMessage | Exception
Streams = tuple[MemoryObjectReceiveStream[Received], MemoryObjectSendStream[SessionMessage]]


@asynccontextmanager
async def standard_streams() -> AsyncGenerator[Streams]:
    """The messages that come in, and where answers go; both end with standard input."""
    source, sink = taken_streams()
    heard, incoming = anyio.create_memory_object_stream[Received](0)
    outgoing, answers = anyio.create_memory_object_stream[SessionMessage](0)
    # A thread that Python does not wait for: nothing wakes one that waits for input.
    reader = threading.Thread(
        target=_read,
        args=(source, heard, outgoing.clone(), asyncio.get_running_loop()),
        daemon=True,
    )
    async with anyio.create_task_group() as group:
        group.start_soon(_write, answers, sink)
        reader.start()
        yield incoming, outgoing
        group.cancel_scope.cancel()


def _read(
    source: BinaryIO,
    heard: MemoryObjectSendStream[Received],
    outgoing: MemoryObjectSendStream[SessionMessage],
    loop: asyncio.AbstractEventLoop,
) -> None:
    async def take(line: bytes, *, is_whole: bool) -> None:
        said = _message(line) if is_whole else _refusal(INVALID_REQUEST, _TOO_LONG)
        if isinstance(said, JSONRPCError):
            await outgoing.send(SessionMessage(said))
        else:
            await heard.send(said)

    try:
        while line := source.readline(LONGEST_MESSAGE + 1):
            is_whole = len(line) <= LONGEST_MESSAGE
            rest = line
            while not rest.endswith(b"\n") and (rest := source.readline(LONGEST_MESSAGE)):
                pass
            if line.strip():
                asyncio.run_coroutine_threadsafe(take(line, is_whole=is_whole), loop).result()
        asyncio.run_coroutine_threadsafe(heard.aclose(), loop).result()
    except (OSError, RuntimeError, anyio.BrokenResourceError, anyio.ClosedResourceError):
        # It is over: nobody listens any more.
        return


async def _write(answers: MemoryObjectReceiveStream[SessionMessage], sink: BinaryIO) -> None:
    async for answer in answers:
        text = answer.message.model_dump_json(by_alias=True, exclude_unset=True)
        sink.write(text.encode() + b"\n")
        sink.flush()


_TOO_LONG: Final = f"the message is longer than {LONGEST_MESSAGE:,} bytes"


def _message(line: bytes) -> SessionMessage | JSONRPCError:
    try:
        return SessionMessage(jsonrpc_message_adapter.validate_json(line, by_name=False))
    except ValidationError as error:
        if error.errors(include_input=False)[0]["type"] == "json_invalid":
            return _refusal(PARSE_ERROR, "the message is not JSON")
        return _refusal(INVALID_REQUEST, "the message is not one of JSON-RPC 2.0")


def _refusal(code: int, message: str) -> JSONRPCError:
    return JSONRPCError(jsonrpc="2.0", id=None, error=ErrorData(code=code, message=message))
