"""The pack as the engine calls it, against an analyzer that does nothing."""

from __future__ import annotations

import signal
import statistics
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from time import perf_counter
from typing import NoReturn

import grpc
import psutil
from pulumi.runtime.proto import analyzer_pb2, analyzer_pb2_grpc

from scripts.bench.measurement import ROOT, RUNS, Measurement
from scripts.bench.messages import databases, production, whole_stack
from scripts.bench.processes import served

PART = 100
PACK = (str(ROOT / "policies" / "__main__.py"), "127.0.0.1:1")
EMPTY = ("-m", "scripts.bench", "--serve-empty")


class EmptyAnalyzer(analyzer_pb2_grpc.AnalyzerServicer):
    """Answers every request, and looks at none."""

    def Analyze(
        self, request: analyzer_pb2.AnalyzeRequest, context: grpc.ServicerContext
    ) -> analyzer_pb2.AnalyzeResponse:
        """Nothing."""
        return analyzer_pb2.AnalyzeResponse()

    def AnalyzeStack(
        self, request: analyzer_pb2.AnalyzeStackRequest, context: grpc.ServicerContext
    ) -> analyzer_pb2.AnalyzeResponse:
        """Nothing."""
        return analyzer_pb2.AnalyzeResponse()


@contextmanager
def running(*arguments: str) -> Iterator[tuple[psutil.Popen, str]]:
    """An analyzer in a process of its own, started as the engine starts one, and its port."""
    with psutil.Popen(
        [sys.executable, *arguments], stdout=subprocess.PIPE, text=True, cwd=ROOT
    ) as process:
        try:
            yield process, process.stdout.readline().strip()
        finally:
            process.terminate()


@contextmanager
def asked_at(port: str) -> Iterator[analyzer_pb2_grpc.AnalyzerStub]:
    """What asks the analyzer at a port."""
    with grpc.insecure_channel(
        f"127.0.0.1:{port}", options=[("grpc.max_receive_message_length", -1)]
    ) as channel:
        yield analyzer_pb2_grpc.AnalyzerStub(channel)


@contextmanager
def started(*arguments: str) -> Iterator[analyzer_pb2_grpc.AnalyzerStub]:
    """An analyzer in a process of its own."""
    with running(*arguments) as (_, port), asked_at(port) as analyzer:
        yield analyzer


def in_order(response: analyzer_pb2.AnalyzeResponse) -> None:
    """Findings would be measured instead of rules.

    Raises:
        RuntimeError: there is one.
    """
    if response.diagnostics:
        found = {f"{item.policyName}: {item.urn}" for item in response.diagnostics[:5]}
        raise RuntimeError(f"a resource in order has findings: {found}")


def analyze(
    analyzer: analyzer_pb2_grpc.AnalyzerStub, messages: Sequence[analyzer_pb2.AnalyzeRequest]
) -> float:
    """Seconds that an analyzer takes for messages, one after the other as the engine asks."""
    start = perf_counter()
    for message in messages:
        in_order(analyzer.Analyze(message))
    return perf_counter() - start


def production_time(count: int) -> Measurement:
    """All rules on what a real stack has, against an analyzer that does nothing."""
    return _against_empty(f"{count:,} resources as production's", production(count), 1.5)


def databases_time(count: int) -> Measurement:
    """As `production_time`, on the type that most rules are about."""
    return _against_empty(f"{count:,} databases", databases(count), 1.75)


def _against_empty(
    what: str, messages: Sequence[analyzer_pb2.AnalyzeRequest], limit: float
) -> Measurement:
    parts = [messages[start : start + PART] for start in range(0, len(messages), PART)]
    ours: list[float] = []
    theirs: list[float] = []
    for _ in range(RUNS):
        # In turn, a part each: a busy moment of the machine then meets both.
        with started(*PACK) as full, started(*EMPTY) as empty:
            # The cases of the rules about each type are run with its first resource: `start_time`.
            analyze(full, first_of_each(messages))
            analyze(empty, messages[:1])
            pairs = [(analyze(full, part), analyze(empty, part)) for part in parts]
        ours.append(sum(one for one, _ in pairs))
        theirs.append(sum(other for _, other in pairs))
    return Measurement(
        f"{what} of 5 KB through the analyzer / an empty one",
        statistics.median(one / other for one, other in zip(ours, theirs, strict=True)),
        limit,
        "x",
        f"{statistics.median(ours):.2f} s against {statistics.median(theirs):.2f} s",
    )


def first_of_each(
    messages: Sequence[analyzer_pb2.AnalyzeRequest],
) -> Sequence[analyzer_pb2.AnalyzeRequest]:
    """The first resource of each type."""
    return list({message.type: message for message in reversed(messages)}.values())


def stack_time(count: int) -> Measurement:
    """The rules about several resources, against an analyzer that does nothing."""
    messages = databases(count)
    whole = whole_stack(messages)

    def asked(analyzer: analyzer_pb2_grpc.AnalyzerStub) -> float:
        start = perf_counter()
        in_order(analyzer.AnalyzeStack(whole))
        return perf_counter() - start

    pairs = []
    for _ in range(3):
        with started(*PACK) as full, started(*EMPTY) as empty:
            analyze(full, messages)
            pairs.append((asked(full), asked(empty)))
    ours, theirs = zip(*pairs, strict=True)
    return Measurement(
        f"AnalyzeStack with {count:,} resources of 5 KB / an empty one",
        statistics.median(one / other for one, other in pairs),
        2,
        "x",
        f"{statistics.median(ours):.2f} s against {statistics.median(theirs):.2f} s",
    )


def start_time() -> Measurement:
    """The CPU time from the start of the pack, with its imports and all rules, to its port."""
    return _start("start of the pack: imports and all rules, CPU", 1.2)


def first_answers_time(count: int) -> Measurement:
    """As `start_time`, and the cases of all rules about types that a real stack has."""
    messages = production(count)
    return _start(
        "start of the pack, the cases of what production's stack has included, CPU",
        1.6,
        first_of_each(messages),
        [analyzer_pb2.AnalyzeStackRequest()],
    )


def _start(
    what: str,
    limit: float,
    messages: Sequence[analyzer_pb2.AnalyzeRequest] = (),
    whole: Sequence[analyzer_pb2.AnalyzeStackRequest] = (),
) -> Measurement:
    seconds = []
    for _ in range(RUNS):
        with running(*PACK) as (process, port), asked_at(port) as analyzer:
            analyze(analyzer, messages)
            for stack in whole:
                analyzer.AnalyzeStack(stack)
            times = process.cpu_times()
        seconds.append(times.user + times.system)
    return Measurement(
        what,
        statistics.median(seconds),
        limit,
        "s",
        f"{min(seconds):.2f} s to {max(seconds):.2f} s",
    )


def serve_empty() -> NoReturn:
    """An analyzer that does nothing, until it is ended."""

    def add(server: grpc.Server) -> None:
        analyzer_pb2_grpc.add_AnalyzerServicer_to_server(EmptyAnalyzer(), server)

    with served(add) as address:
        print(address.rpartition(":")[2], flush=True)
        while True:
            signal.pause()
