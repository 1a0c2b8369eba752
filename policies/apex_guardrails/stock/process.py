"""The process that serves stock policies: its start, its environment, its end."""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import subprocess
import sys
import weakref
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import grpc
from pulumi.runtime.proto import analyzer_pb2_grpc

from apex_guardrails.stock.packs import Pack
from apex_guardrails.support.child_processes import signal_group
from apex_guardrails.support.errors import OwnRulesError, UsageError

RUNNER: Final = Path(__file__).with_name("runner.py")

START_SECONDS: Final = 60.0
"""Importing the SDK of a cloud may take a while."""

_PATIENCE_SECONDS: Final = 2.0
"""What is asked to end has so long before it is ended."""

_OPTIONS: Final = [
    ("grpc.max_receive_message_length", -1),
    ("grpc.max_send_message_length", -1),
]


@dataclass(frozen=True)
class Place:
    """Where stock policies are.

    Attributes:
        path: a file, or a folder.
        module: the name of an installed module instead.
        member: the list of policies in that module.
        named: what the settings say, for messages.
        where: the place in the settings that names it, for messages.
        pack: what is run, where the folder is a policy pack.
    """

    path: Path
    named: str
    module: str = ""
    member: str = ""
    where: str = ""
    pack: Pack | None = None

    @property
    def folder(self) -> Path | None:
        """Where the policies work."""
        if self.module:
            return None
        return self.path if self.path.is_dir() else self.path.parent

    @property
    def python(self) -> str:
        """The interpreter of the policy pack's own environment, if it has one."""
        return str((self.pack and self.pack.python) or sys.executable)

    @property
    def loaded(self) -> str:
        """What has the policies: a file, a folder of files, or an installed module."""
        return self.module or str((self.pack.program if self.pack else self.path).absolute())


class PolicyProcess:
    """A process that serves stock policies; it ends with this object, or with this process."""

    def __init__(self, place: Place) -> None:
        """Starts it, and waits until it serves.

        Raises:
            UsageError: there is no such module or list.
            OwnRulesError: it cannot be started, its policies cannot be loaded, or there are none.
        """
        self._place = place
        self._read, write = os.pipe()
        command = [
            *(place.python, "-u", str(RUNNER)),
            *(place.loaded, place.member, str(write)),
        ]
        try:
            self._process = subprocess.Popen(
                command,
                cwd=place.folder,
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                pass_fds=[write],
                start_new_session=True,
            )
        except OSError as error:
            os.close(self._read)
            raise OwnRulesError(f"{place.named}: cannot be started: {error.strerror}") from None
        finally:
            os.close(write)
        self._end = weakref.finalize(self, _end, self._process, self._read)
        self._buffer = b""
        self._said: dict[str, Any] = {}
        port = self._hear("port", START_SECONDS)
        self._channel = grpc.insecure_channel(f"127.0.0.1:{port}", options=_OPTIONS)
        self.stub = analyzer_pb2_grpc.AnalyzerStub(self._channel)

    def take_over(self, environment: Mapping[str, str]) -> None:
        """Gives the policies an environment, which Pulumi's SDK reads the stack from."""
        if self._process.stdin is not None:
            with contextlib.suppress(OSError):
                self._process.stdin.write(json.dumps(dict(environment)).encode() + b"\n")
                self._process.stdin.flush()
        self._hear("ready", START_SECONDS)

    def stop(self) -> None:
        """Ends it, whatever it does."""
        if hasattr(self, "_channel"):
            self._channel.close()
        self._end()

    def _hear(self, key: str, seconds: float) -> Any:
        """What it tells."""
        while b"\n" not in self._buffer:
            ready, _, _ = select.select([self._read], [], [], seconds)
            if not ready:
                self.stop()
                raise OwnRulesError(
                    f"{self._place.named}: its policies did not load within {seconds:.0f} seconds"
                )
            more = os.read(self._read, 65536)
            if not more:
                self.stop()
                raise OwnRulesError(f"{self._place.named}: its process ended before it served")
            self._buffer += more
        line, _, self._buffer = self._buffer.partition(b"\n")
        said = json.loads(line)
        if "error" in said:
            self.stop()
            if "absent" in said:
                raise UsageError(f"{self._place.where}: {said['error']}")
            where = ":".join(str(part) for part in (said["file"], said["line"]) if part)
            raise OwnRulesError(f"{where}: the stock policies cannot be loaded: {said['error']}")
        return said.get(key)


def _end(process: subprocess.Popen[bytes], pipe: int) -> None:
    signal_group(process.pid, signal.SIGTERM)
    try:
        process.wait(_PATIENCE_SECONDS)
    except subprocess.TimeoutExpired:
        signal_group(process.pid, signal.SIGKILL)
        process.wait()
    if process.stdin is not None:
        with contextlib.suppress(OSError):
            process.stdin.close()
    with contextlib.suppress(OSError):
        os.close(pipe)
