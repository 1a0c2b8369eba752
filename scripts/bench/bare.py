"""A program's run by itself: with a monitor that takes every resource, and looks at none."""

from __future__ import annotations

import os
import time
from pathlib import Path
from unittest import mock

import grpc
from pulumi.runtime.proto import resource_pb2

from apex_guardrails.sources.offline import monitor
from apex_guardrails.sources.offline.preview import OfflinePreview
from apex_guardrails.sources.offline.process import environment
from apex_guardrails.sources.offline.project import load_project
from apex_guardrails.sources.offline.stack_config import load_config


class EmptyMonitor(monitor.Monitor):
    """Takes every resource and looks at none."""

    def RegisterResource(
        self, request: resource_pb2.RegisterResourceRequest, context: grpc.ServicerContext
    ) -> resource_pb2.RegisterResourceResponse:
        """The request, sent back."""
        urn = self._urn(request.parent, request.type, request.name)
        return resource_pb2.RegisterResourceResponse(urn=urn, object=request.object)


def bare_run(program: Path, stack: str) -> float:
    """Seconds that a program takes.

    Raises:
        RuntimeError: it fails.
    """
    project = load_project(program)
    config = load_config(project, stack)
    preview = OfflinePreview(project, stack, config, variables=environment(os.environ))
    with mock.patch.object(monitor, "Monitor", EmptyMonitor):
        start = time.perf_counter()
        preview.start()
        run = preview.finish(600)
        seconds = time.perf_counter() - start
    if run.failure:
        raise RuntimeError(f"the bare run of {program} failed: {run.failure}")
    return seconds
