"""Measures what users wait for, and holds it against the limits. `make bench` runs it.

Times are medians of several runs on this machine; a ratio is taken run by run against its own
baseline, so that it holds when the machine's speed drifts. The exit code is 1 where a limit is
broken.
"""

from __future__ import annotations

import json
import os
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import NoReturn

import grpc
import psutil
from pulumi.runtime.proto import (
    analyzer_pb2,
    analyzer_pb2_grpc,
    engine_pb2_grpc,
    resource_pb2,
    resource_pb2_grpc,
)

from policies.sources.offline import load_config, load_project
from policies.sources.offline.launchers import python
from policies.sources.offline.monitor import Monitor
from policies.sources.offline.placeholders import stand_ins
from policies.sources.offline.process import Child, environment
from policies.sources.wire import write_struct

ROOT = Path(__file__).resolve().parents[1]
RUNS = 7
RESOURCES = 1000
SIZE = 5000
PART = 100
SQL_INSTANCE = "gcp:sql/databaseInstance:DatabaseInstance"


@dataclass(frozen=True)
class Measurement:
    """One figure and its limit."""

    what: str
    value: float
    limit: float
    unit: str
    detail: str

    def __str__(self) -> str:
        verdict = "ok" if self.value <= self.limit else "TOO MUCH"
        return (
            f"{verdict:9}{self.what:58}{self.value:9.2f} {self.unit:3} "
            f"(limit {self.limit:g}; {self.detail})"
        )


class EmptyMonitor(Monitor):
    """Takes every resource and looks at none."""

    def RegisterResource(
        self, request: resource_pb2.RegisterResourceRequest, context: grpc.ServicerContext
    ) -> resource_pb2.RegisterResourceResponse:
        """The request, sent back."""
        urn = self._urn(request.parent, request.type, request.name)
        return resource_pb2.RegisterResourceResponse(urn=urn, object=request.object)


class EmptyAnalyzer(analyzer_pb2_grpc.AnalyzerServicer):
    """Answers every request, and looks at none."""

    def Analyze(
        self, request: analyzer_pb2.AnalyzeRequest, context: grpc.ServicerContext
    ) -> analyzer_pb2.AnalyzeResponse:
        """Nothing."""
        return analyzer_pb2.AnalyzeResponse()


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


def bare_child(stack_name: str) -> float:
    """Seconds that this repository's program takes against an empty monitor."""
    from policies.model import Stack
    from policies.sources.offline.functions import Functions

    project = load_project(ROOT)
    config = load_config(project, stack_name)
    values = {**config.values, **stand_ins(config.secrets, config.declared, {})}
    monitor = EmptyMonitor(
        Stack(stack_name, project.name), values, config.secrets, Functions(values, ()), ROOT
    )

    def add(server: grpc.Server) -> None:
        resource_pb2_grpc.add_ResourceMonitorServicer_to_server(monitor, server)
        engine_pb2_grpc.add_EngineServicer_to_server(monitor, server)

    with served(add) as address:
        start = time.perf_counter()
        child = Child(python.command(project), ROOT, environment(os.environ))
        child.send(
            json.dumps(
                {
                    "monitor": address,
                    "project": project.name,
                    "stack": stack_name,
                    "root": str(ROOT),
                    "program": str(project.main),
                    "config": values,
                    "secret_keys": sorted(config.secrets),
                }
            )
        )
        code = child.wait(120)
        if code != 0:
            raise RuntimeError(f"the bare child ended with {code}: {child.errors}")
        return time.perf_counter() - start


def preview_time(stack: str) -> Measurement:
    """An offline preview against the bare child: at most 1.3 times it and 0.3 s."""
    apex = [str(ROOT / ".venv/bin/apex"), "preview", "--stack", stack]
    timed(apex)
    bare_child(stack)
    pairs = [(timed(apex), bare_child(stack)) for _ in range(RUNS)]
    over = statistics.median(whole - 0.3 for whole, _ in pairs)
    child = statistics.median(bare for _, bare in pairs)
    ratio = statistics.median((whole - 0.3) / bare for whole, bare in pairs)
    return Measurement(
        f"apex preview --stack {stack}, less 0.3 s / the bare child",
        ratio,
        1.3,
        "x",
        f"{over + 0.3:.2f} s against {child:.2f} s",
    )


def preview_memory(stack: str) -> Measurement:
    """The most memory that an offline preview and the program it runs hold together."""
    process = psutil.Popen(
        [str(ROOT / ".venv/bin/apex"), "preview", "--stack", stack],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
    )
    most = 0
    while process.poll() is None:
        try:
            family = [process, *process.children(recursive=True)]
            most = max(most, sum(member.memory_info().rss for member in family))
        except psutil.Error:
            continue
        time.sleep(0.005)
    return Measurement(
        f"apex preview --stack {stack}, memory with the program",
        most / 1e6,
        400,
        "MB",
        "resident, sampled every 5 ms",
    )


def requests() -> list[analyzer_pb2.AnalyzeRequest]:
    """A thousand resources of about 5 KB, of a type that many rules are about, all in order."""
    settings = {
        "tier": "db-f1-micro",
        "ipConfiguration": {
            "ipv4Enabled": False,
            "privateNetwork": "projects/p/global/networks/vpc",
            "sslMode": "ENCRYPTED_ONLY",
        },
        "userLabels": {"environment": "dev", "owner": "platform", "cost-center": "c", "app": "a"},
        "databaseFlags": [
            {"name": f"flag_{number}", "value": "some value of a flag " * 3} for number in range(40)
        ],
    }
    properties = write_struct(
        {"databaseVersion": "POSTGRES_17", "name": "db", "settings": settings}
    )
    made = [
        analyzer_pb2.AnalyzeRequest(
            type=SQL_INSTANCE,
            urn=f"urn:pulumi:bench::bench::{SQL_INSTANCE}::db-{number}",
            name=f"db-{number}",
            properties=properties,
            provider=analyzer_pb2.AnalyzerProviderResource(type="pulumi:providers:gcp"),
        )
        for number in range(RESOURCES)
    ]
    if abs(made[0].ByteSize() - SIZE) > SIZE / 5:
        raise RuntimeError(f"a resource has {made[0].ByteSize()} bytes, not {SIZE}")
    return made


@contextmanager
def pack(*arguments: str) -> Iterator[analyzer_pb2_grpc.AnalyzerStub]:
    """An analyzer in a process of its own, started as the engine starts one."""
    process = subprocess.Popen(
        [sys.executable, *arguments], stdout=subprocess.PIPE, text=True, cwd=ROOT
    )
    try:
        port = process.stdout.readline().strip() if process.stdout else ""
        with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
            yield analyzer_pb2_grpc.AnalyzerStub(channel)
    finally:
        process.terminate()
        process.wait()


def analyze(
    analyzer: analyzer_pb2_grpc.AnalyzerStub, messages: Sequence[analyzer_pb2.AnalyzeRequest]
) -> float:
    """Seconds that an analyzer takes for messages, one after the other as the engine asks."""
    start = time.perf_counter()
    for message in messages:
        response = analyzer.Analyze(message)
        if response.diagnostics:
            raise RuntimeError(f"a resource in order has findings: {response.diagnostics}")
    return time.perf_counter() - start


def analyzer_time() -> Measurement:
    """All rules through the analyzer, against an analyzer that does nothing."""
    messages = requests()
    parts = [messages[start : start + PART] for start in range(0, RESOURCES, PART)]
    ours: list[float] = []
    theirs: list[float] = []
    for _ in range(RUNS):
        # In turn, a part each: a busy moment of the machine then meets both.
        with (
            pack(str(ROOT / "policies" / "__main__.py"), "127.0.0.1:1") as full,
            pack(str(Path(__file__)), "--serve-empty") as empty,
        ):
            analyze(full, messages[:1])
            analyze(empty, messages[:1])
            pairs = [(analyze(full, part), analyze(empty, part)) for part in parts]
        ours.append(sum(one for one, _ in pairs))
        theirs.append(sum(other for _, other in pairs))
    return Measurement(
        f"{RESOURCES:,} resources of 5 KB through the analyzer / an empty one",
        statistics.median(one / other for one, other in zip(ours, theirs, strict=True)),
        1.4,
        "x",
        f"{statistics.median(ours):.2f} s against {statistics.median(theirs):.2f} s",
    )


def serve_empty() -> NoReturn:
    """An analyzer that does nothing, until it is ended."""

    def add(server: grpc.Server) -> None:
        analyzer_pb2_grpc.add_AnalyzerServicer_to_server(EmptyAnalyzer(), server)

    with served(add) as address:
        print(address.rpartition(":")[2], flush=True)
        while True:
            signal.pause()


def help_time() -> Measurement:
    """How soon help is there."""
    apex = [str(ROOT / ".venv/bin/apex"), "--help"]
    imports = [str(ROOT / ".venv/bin/python"), "-c", "import typer, rich"]
    pairs = [(timed(apex), timed(imports)) for _ in range(RUNS * 3)]
    return Measurement(
        'apex --help / python -c "import typer, rich"',
        statistics.median(ours / theirs for ours, theirs in pairs),
        2,
        "x",
        f"{statistics.median(ours for ours, _ in pairs):.2f} s against "
        f"{statistics.median(theirs for _, theirs in pairs):.2f} s",
    )


def main() -> int:
    """Prints every figure; 1 where a limit is broken."""
    measurements = []
    measures: list[Callable[[], Measurement]] = [
        partial(preview_time, "production"),
        partial(preview_memory, "production"),
        analyzer_time,
        help_time,
    ]
    for measure in measures:
        measurement = measure()
        measurements.append(measurement)
        print(measurement, flush=True)
    return int(any(item.value > item.limit for item in measurements))


if __name__ == "__main__":
    if "--serve-empty" in sys.argv:
        serve_empty()
    sys.exit(main())
