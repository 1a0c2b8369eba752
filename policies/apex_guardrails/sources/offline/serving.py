"""The server that a program speaks to in the engine's place."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Final

import grpc
from pulumi.runtime.proto import engine_pb2_grpc, resource_pb2_grpc

from apex_guardrails.wire import LARGEST_MESSAGE

if TYPE_CHECKING:
    from apex_guardrails.sources.offline.monitor import Monitor

_WITHOUT_END: Final = 2**31 - 1
_OPTIONS: Final = (
    ("grpc.max_receive_message_length", LARGEST_MESSAGE),
    # A program may register thousands of resources before it waits for one. gRPC would turn calls
    # away: by chance from 1,000 that wait, all from 3,000, and those that waited for 30 seconds.
    ("grpc.server.max_pending_requests", _WITHOUT_END),
    ("grpc.server.max_pending_requests_hard_limit", _WITHOUT_END),
    ("grpc.server_max_unrequested_time_in_server", _WITHOUT_END),
)

_WORKERS: Final = 128
"""More than the calls that a program makes at a time: while all of them wait for transforms, which
are the program's own, there must be one left for what a transform asks."""


def started(monitor: Monitor) -> tuple[grpc.Server, str]:
    """A server that answers for a monitor, and its address."""
    server = grpc.server(ThreadPoolExecutor(max_workers=_WORKERS), options=_OPTIONS)
    resource_pb2_grpc.add_ResourceMonitorServicer_to_server(monitor, server)
    engine_pb2_grpc.add_EngineServicer_to_server(monitor, server)
    told: dict[str, Any] = {
        name: grpc.unary_unary_rpc_method_handler(handler)
        for name, handler in monitor.told.handlers().items()
    }
    server.add_generic_rpc_handlers([grpc.method_handlers_generic_handler("apex.Program", told)])
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    return server, f"127.0.0.1:{port}"
