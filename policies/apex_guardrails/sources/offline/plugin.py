"""A plugin under way: a process that makes the resources of components, over its own protocol.

Source: `proto/pulumi/provider.proto`, and the engine's `provider_plugin.go` (3.259).
"""

from __future__ import annotations

import contextlib
import signal
import subprocess
import threading
from collections import deque
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Any, Final

import grpc
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc

from apex_guardrails.model.value import Value
from apex_guardrails.support.child_processes import signal_group, start
from apex_guardrails.wire import LARGEST_MESSAGE, write_struct

_LINES: Final = 20
"""Of its errors that are kept."""

_PATIENCE_SECONDS: Final = 3
"""For what it wrote before it ended."""


class PluginError(Exception):
    """A plugin does not start, or does not do what it is asked; in one line."""


class Plugin:
    """Started when it is made; it can be asked for components once it is connected.

    Attributes:
        takes_outputs: whether inputs may say what they depend on, at any depth.
    """

    def __init__(
        self, command: Sequence[str], folder: Path, variables: Mapping[str, str], engine: str
    ) -> None:
        """Starts it.

        Args:
            command: without the engine's address.
            folder: the program's.
            variables: its environment.
            engine: the address of who starts it.

        Raises:
            PluginError: it cannot be started.
        """
        self.takes_outputs = False
        self._errors: deque[str] = deque(maxlen=_LINES)
        try:
            self._process = start([*command, engine], folder, variables, stdin=subprocess.DEVNULL)
        except OSError as error:
            raise PluginError(
                f"its plugin {command[0]} cannot be started: {error.strerror}"
            ) from None
        self._engine = engine
        self._command = command[0]
        self._provider: Any = None
        self._channel: grpc.Channel | None = None
        self._pumps: list[tuple[threading.Thread, IO[str]]] = []
        self._pump(self._process.stderr, self._errors)

    def connect(
        self,
        inputs: Mapping[str, Value],
        parameters: provider_pb2.ParameterizeRequest.ParametersValue | None,
    ) -> None:
        """Waits until it serves, tells it who asks, and gives it the inputs of its provider.

        Raises:
            PluginError: it ends before, or refuses them.
        """
        port = self._process.stdout.readline().strip() if self._process.stdout else ""
        # A plugin that nobody listens to would wait.
        self._pump(self._process.stdout, deque(maxlen=0))
        if not port.isdigit():
            self.stop()
            said = self._errors[-1] if self._errors else "it names no port"
            raise PluginError(f"its plugin {self._command} does not start: {said}")
        # The plugin is on this machine: no proxy is between.
        options = [
            ("grpc.max_receive_message_length", LARGEST_MESSAGE),
            ("grpc.enable_http_proxy", 0),
        ]
        self._channel = grpc.insecure_channel(f"127.0.0.1:{port}", options=options)
        self._provider = provider_pb2_grpc.ResourceProviderStub(self._channel)
        handshake = provider_pb2.ProviderHandshakeRequest(engine_address=self._engine)
        # Older plugins know no handshake.
        with contextlib.suppress(PluginError):
            self._ask("Handshake", handshake)
        if parameters is not None:
            self._ask("Parameterize", provider_pb2.ParameterizeRequest(value=parameters))
        answer = self._ask(
            "Configure",
            provider_pb2.ConfigureRequest(
                args=write_struct(inputs),
                acceptSecrets=True,
                acceptResources=True,
                sends_old_inputs=True,
                sends_old_inputs_to_delete=True,
            ),
        )
        self.takes_outputs = bool(answer.acceptOutputs)

    def _pump(self, stream: IO[str] | None, lines: deque[str]) -> None:
        """Takes what it writes from now on, and keeps the last lines."""
        if stream is not None:
            said = filter(None, map(str.strip, stream))
            thread = threading.Thread(target=lines.extend, args=(said,), daemon=True)
            thread.start()
            self._pumps.append((thread, stream))

    def construct(self, request: provider_pb2.ConstructRequest) -> provider_pb2.ConstructResponse:
        """Makes a component: what is in it, the plugin registers.

        Raises:
            PluginError: it cannot.
        """
        answer: provider_pb2.ConstructResponse = self._ask("Construct", request)
        return answer

    def call(self, request: provider_pb2.CallRequest) -> provider_pb2.CallResponse:
        """What a component's method returns.

        Raises:
            PluginError: it cannot be called.
        """
        answer: provider_pb2.CallResponse = self._ask("Call", request)
        return answer

    def _ask(self, method: str, request: object) -> Any:
        try:
            return getattr(self._provider, method)(request)
        except grpc.RpcError as error:
            details = str(getattr(error, "details", lambda: "")() or "").strip()
            first = next(iter(details.splitlines()), "it says nothing")
            raise PluginError(f"its plugin failed: {first}") from None

    def stop(self) -> None:
        """Ends it, and all that it started."""
        signal_group(self._process.pid, signal.SIGKILL)
        self._process.wait()
        if self._channel is not None:
            self._channel.close()
        for thread, stream in self._pumps:
            thread.join(_PATIENCE_SECONDS)
            # What the plugin started may hold it open, and is none of ours.
            if not thread.is_alive():
                stream.close()
