"""The pack's own server inside the tests' process."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import grpc
from pulumi.runtime.proto import analyzer_pb2_grpc

from apex_guardrails.analyzer.server import start
from apex_guardrails.analyzer.service import Analyzer


@contextmanager
def serving(analyzer: Analyzer) -> Iterator[analyzer_pb2_grpc.AnalyzerStub]:
    """What the engine calls."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    server, port = asyncio.run_coroutine_threadsafe(start(analyzer, _nothing), loop).result()
    try:
        with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
            yield analyzer_pb2_grpc.AnalyzerStub(channel)
    finally:
        asyncio.run_coroutine_threadsafe(server.stop(grace=0), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


def _nothing() -> None:
    """The tests end the server themselves."""
