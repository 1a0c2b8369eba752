"""Whole commands and servers, as a user starts them."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import grpc

from scripts.bench.measurement import ROOT


@contextmanager
def served(add: Callable[[grpc.Server], None]) -> Iterator[str]:
    """A gRPC server's address."""
    server = grpc.server(
        ThreadPoolExecutor(max_workers=8), options=[("grpc.max_receive_message_length", -1)]
    )
    add(server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    try:
        yield f"127.0.0.1:{port}"
    finally:
        server.stop(grace=1).wait()


def timed(command: Sequence[str], folder: Path = ROOT) -> float:
    """Seconds that a command takes."""
    start = time.perf_counter()
    subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def built(name: str) -> str:
    """The path that scripts/NAME prints, which builds the program where there is none.

    Raises:
        RuntimeError: it cannot be had.
    """
    found = subprocess.run(
        [ROOT / "scripts" / name], stdout=subprocess.PIPE, text=True, check=False
    )
    if found.returncode:
        raise RuntimeError(f"scripts/{name} says above why there is none")
    return found.stdout.strip()
