"""The analyzer over gRPC, as the Pulumi engine starts and ends it.

Ours, because the stock server converts every resource once per policy, unwraps secrets before a
policy sees them, and makes an advice of every unknown value. It answers one call after the other,
in one thread: what is judged needs no locks, and the processor keeps at hand what the rules need.
"""

from __future__ import annotations

import asyncio
import os
import select
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final, TextIO

import grpc
from google.protobuf import empty_pb2
from google.protobuf.message import Message
from grpc import aio
from pulumi.runtime.proto import analyzer_pb2

from apex_guardrails.analyzer.messages import say
from apex_guardrails.analyzer.service import Analyzer
from apex_guardrails.pack.rules import checked_rules
from apex_guardrails.support.errors import ApexError
from apex_guardrails.support.garbage import no_collections

_SERVICE: Final = analyzer_pb2.DESCRIPTOR.services_by_name["Analyzer"].full_name

_LOOK_SECONDS: Final = 1.0
"""How often it is looked whether the engine is there still."""


def serve() -> int:
    """Serves the engine that started this process, until it is done; the exit code."""
    try:
        analyzer = Analyzer(checked_rules(), os.environ)
    except ApexError as error:
        say(f"apex: {error}", sys.stderr)
        return error.exit_code
    # What a message leaves is kept to the end, and does not refer to itself: there is no garbage.
    with no_collections():
        asyncio.run(_serve(analyzer))
    analyzer.close()
    return 0


async def _serve(analyzer: Analyzer) -> None:
    is_done = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, is_done.set)
    server, port = await start(analyzer, is_done.set)
    # The engine reads the port from the first line.
    say(str(port))
    while not (is_done.is_set() or _has_no_reader(sys.stdout)):
        with suppress(TimeoutError):
            async with asyncio.timeout(_LOOK_SECONDS):
                await is_done.wait()
    await server.stop(grace=0.5)


async def start(analyzer: Analyzer, cancel: Callable[[], None]) -> tuple[aio.Server, int]:
    """Starts to answer calls in the running loop.

    Args:
        analyzer: what answers.
        cancel: what is done when the engine is done, or was interrupted.

    Returns:
        The server and its port.
    """

    def cancelled(_request: empty_pb2.Empty) -> empty_pb2.Empty:
        cancel()
        return empty_pb2.Empty()

    server = aio.server(
        # The engine sends a whole stack in one message.
        options=[("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1)]
    )
    handlers = {
        "Handshake": _handler(analyzer.handshake, analyzer_pb2.AnalyzerHandshakeRequest),
        "GetPluginInfo": _handler(analyzer.get_plugin_info, empty_pb2.Empty),
        "ConfigureStack": _handler(
            analyzer.configure_stack, analyzer_pb2.AnalyzerStackConfigureRequest
        ),
        "GetAnalyzerInfo": _handler(analyzer.get_analyzer_info, empty_pb2.Empty),
        "Configure": _handler(analyzer.configure, analyzer_pb2.ConfigureAnalyzerRequest),
        "Remediate": _handler(analyzer.remediate, analyzer_pb2.AnalyzeRequest),
        "Analyze": _handler(analyzer.analyze, analyzer_pb2.AnalyzeRequest),
        "AnalyzeStack": _handler(analyzer.analyze_stack, analyzer_pb2.AnalyzeStackRequest),
        "Cancel": _handler(cancelled, empty_pb2.Empty),
    }
    server.add_registered_method_handlers(_SERVICE, handlers)
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    return server, port


def _handler(
    answer: Callable[[Any], Message | bytes], request: type[Message]
) -> grpc.RpcMethodHandler[Any, Any]:
    """What answers a call; a mistake of the user's ends it with the words that are for him."""

    async def handle(message: Message, context: aio.ServicerContext[Any, Any]) -> Message | bytes:
        try:
            return answer(message)
        except ApexError as error:
            await context.abort(grpc.StatusCode.INVALID_ARGUMENT, str(error))

    return grpc.unary_unary_rpc_method_handler(
        handle,
        request_deserializer=request.FromString,
        response_serializer=_serialized,
    )


def _serialized(response: Message | bytes) -> bytes:
    return response if isinstance(response, bytes) else response.SerializeToString()


def _has_no_reader(stream: TextIO) -> bool:
    """Whether nobody reads a pipe any more: an engine that is killed says nothing."""
    poll = select.poll()
    poll.register(stream, 0)
    return any(event & (select.POLLERR | select.POLLHUP) for _, event in poll.poll(0))
