"""Pulumi's own server for policies, to compare with."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import grpc
from pulumi.runtime.proto import analyzer_pb2_grpc


@contextmanager
def stock_server(pack: Path, **environment: str) -> Iterator[analyzer_pb2_grpc.AnalyzerStub]:
    """The server of a policy pack, as the engine starts it.

    Args:
        pack: the folder with its `__main__.py`.
        environment: variables that it has besides.
    """
    process = subprocess.Popen(
        [sys.executable, "-u", pack],
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        port = int(process.stdout.readline())
        with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
            yield analyzer_pb2_grpc.AnalyzerStub(channel)
    finally:
        process.kill()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()
