"""The engine's own service, which every program talks to beside the monitor: what it logs."""

from __future__ import annotations

import threading
from typing import Final

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import engine_pb2, engine_pb2_grpc

from apex_guardrails.sources.offline.registered import Registered

_MOST_MESSAGES: Final = 200
"""Log messages kept; a program may write millions."""

_LONGEST_MESSAGE: Final = 100_000
"""Characters kept of a log message."""


class Engine(engine_pb2_grpc.EngineServicer):
    """Serves one run of one program."""

    def __init__(self, registered: Registered) -> None:
        self.registered = registered
        self._lock = threading.Lock()

    def Log(self, request: engine_pb2.LogRequest, context: grpc.ServicerContext) -> empty_pb2.Empty:
        """Keeps what the program logs; its errors apart from the rest."""
        with self._lock:
            if request.severity == engine_pb2.ERROR:
                if len(self.registered.errors) < _MOST_MESSAGES:
                    self.registered.errors.append(request.message[:_LONGEST_MESSAGE])
            elif request.severity != engine_pb2.DEBUG and not request.ephemeral:
                if len(self.registered.messages) < _MOST_MESSAGES:
                    self.registered.messages.append(request.message[:_LONGEST_MESSAGE])
                else:
                    self.registered.dropped_messages += 1
        return empty_pb2.Empty()

    def GetRootResource(
        self, request: engine_pb2.GetRootResourceRequest, context: grpc.ServicerContext
    ) -> engine_pb2.GetRootResourceResponse:
        """The URN of the stack."""
        return engine_pb2.GetRootResourceResponse(urn=self.registered.root_urn)

    def SetRootResource(
        self, request: engine_pb2.SetRootResourceRequest, context: grpc.ServicerContext
    ) -> engine_pb2.SetRootResourceResponse:
        """Takes the URN of the stack."""
        self.registered.root_urn = request.urn
        return engine_pb2.SetRootResourceResponse()

    def RequirePulumiVersion(
        self, request: engine_pb2.RequirePulumiVersionRequest, context: grpc.ServicerContext
    ) -> engine_pb2.RequirePulumiVersionResponse:
        """No CLI takes part, so any version is right."""
        return engine_pb2.RequirePulumiVersionResponse()
