"""A program may register thousands of resources at once, however busy the machine is."""

from __future__ import annotations

import ctypes
import subprocess
import sys
from pathlib import Path

from apex_guardrails.model import Stack
from apex_guardrails.sources.offline.functions import Functions
from apex_guardrails.sources.offline.monitor import Monitor
from apex_guardrails.sources.offline.positions import Positions
from apex_guardrails.sources.offline.serving import started

CALLS = 5_000
PROGRAM = f"""
import os, sys, time
import grpc
from pulumi.runtime.proto import resource_pb2, resource_pb2_grpc

monitor = resource_pb2_grpc.ResourceMonitorStub(grpc.insecure_channel(sys.argv[1]))
request = resource_pb2.SupportsFeatureRequest(id="secrets")
calls = [monitor.SupportsFeature.future(request) for _ in range({CALLS})]
# What is under way arrives without either of the two interpreters.
time.sleep(1)
os.write(1, b"x")
print(sum(call.result().hasSupport for call in calls))
"""


def test_no_call_is_turned_away_while_the_server_is_busy() -> None:
    monitor = Monitor(Stack("dev", "p"), {}, (), Functions({}, ()), Positions(Path("/nowhere")))
    server, address = started(monitor)
    try:
        with subprocess.Popen(
            [sys.executable, "-c", PROGRAM, address], stdout=subprocess.PIPE
        ) as program:
            assert program.stdout is not None
            # Nothing else of this process runs until the program has made all of its calls.
            ctypes.PyDLL(None).read(program.stdout.fileno(), ctypes.create_string_buffer(1), 1)
            assert program.stdout.read() == f"{CALLS}\n".encode()
    finally:
        server.stop(0)
