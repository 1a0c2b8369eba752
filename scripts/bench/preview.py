"""An offline preview as a whole, and the command's own start."""

from __future__ import annotations

import os
import statistics
import subprocess
import time

import grpc
import psutil
from pulumi.runtime.proto import engine_pb2_grpc, resource_pb2, resource_pb2_grpc

from apex_guardrails.model import Stack
from apex_guardrails.sources.offline.functions import Functions
from apex_guardrails.sources.offline.launchers import python
from apex_guardrails.sources.offline.monitor import Monitor
from apex_guardrails.sources.offline.placeholders import StandIns
from apex_guardrails.sources.offline.positions import Positions
from apex_guardrails.sources.offline.process import Child, environment, instructions
from apex_guardrails.sources.offline.project import load_project
from apex_guardrails.sources.offline.stack_config import load_config
from scripts.bench.measurement import ROOT, RUNS, Measurement
from scripts.bench.processes import served, timed


class EmptyMonitor(Monitor):
    """Takes every resource and looks at none."""

    def RegisterResource(
        self, request: resource_pb2.RegisterResourceRequest, context: grpc.ServicerContext
    ) -> resource_pb2.RegisterResourceResponse:
        """The request, sent back."""
        urn = self._urn(request.parent, request.type, request.name)
        return resource_pb2.RegisterResourceResponse(urn=urn, object=request.object)


def bare_child(stack_name: str) -> float:
    """Seconds that this repository's program takes against an empty monitor."""
    project = load_project(ROOT)
    config = load_config(project, stack_name)
    values = {**config.values, **StandIns.of(config, {}).values}
    monitor = EmptyMonitor(
        Stack(stack_name, project.name),
        values,
        config.secrets,
        Functions(values, ()),
        Positions(ROOT),
    )

    def add(server: grpc.Server) -> None:
        resource_pb2_grpc.add_ResourceMonitorServicer_to_server(monitor, server)
        engine_pb2_grpc.add_EngineServicer_to_server(monitor, server)

    with served(add) as address:
        start = time.perf_counter()
        child = Child(python.command(project).arguments, ROOT, environment(os.environ))
        child.send(instructions(project, stack_name, address, values, config.secrets))
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
