"""The child process that runs a program: its environment, its output, its end."""

from __future__ import annotations

import contextlib
import json
import signal
import subprocess
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import IO, Final

from apex_guardrails.gcp.secret_outputs import SECRET_OUTPUTS
from apex_guardrails.provider import names_of
from apex_guardrails.sources.offline.memory import MemoryWatch
from apex_guardrails.sources.offline.project import Project
from apex_guardrails.support.child_processes import Process, start_piped

PROVIDER_VARIABLES: Final[Mapping[str, Sequence[str]]] = {
    "gcp:project": (
        *("GOOGLE_PROJECT", "GOOGLE_CLOUD_PROJECT", "GCLOUD_PROJECT", "CLOUDSDK_CORE_PROJECT"),
    ),
    "gcp:region": ("GOOGLE_REGION", "GCLOUD_REGION", "CLOUDSDK_COMPUTE_REGION"),
    "gcp:zone": ("GOOGLE_ZONE", "GCLOUD_ZONE", "CLOUDSDK_COMPUTE_ZONE"),
    "gcp:billingProject": ("GOOGLE_BILLING_PROJECT",),
    "gcp:userProjectOverride": ("USER_PROJECT_OVERRIDE",),
}
"""By config key: the variables that the provider reads where config is silent, the first one first.

Source: the defaults of the provider's config in pulumi-gcp's schema (10.2). They are facts about
where things are; its credentials are among none of these.
"""

ALLOWED: Final[Sequence[str]] = (
    # What a program needs to run at all, and the provider's facts. No credential of a cloud, a CI
    # system or a secret store is among them: a judged program has no business with those.
    *(name for names in PROVIDER_VARIABLES.values() for name in names),
    "COMSPEC",
    "HOME",
    "LANG",
    "LANGUAGE",
    "LOGNAME",
    "NODE_EXTRA_CA_CERTS",
    "NODE_OPTIONS",
    "PATH",
    "PATHEXT",
    # What Pulumi's SDKs and programs ask of it that is no secret.
    "PULUMI_DISABLE_RESOURCE_REFERENCES",
    "PULUMI_ENABLE_LEGACY_APPLY",
    "PULUMI_ERROR_ON_DEPENDENCY_CYCLES",
    "PULUMI_ERROR_OUTPUT_STRING",
    "PULUMI_EXPERIMENTAL",
    "PULUMI_NODEJS_TRANSPILE_ONLY",
    "PULUMI_ORGANIZATION",
    "PULUMI_PROJECT",
    "PULUMI_STACK",
    "PYENV_ROOT",
    "PYENV_VERSION",
    "PYTHONDONTWRITEBYTECODE",
    "PYTHONPYCACHEPREFIX",
    "SHELL",
    "SSL_CERT_DIR",
    "SSL_CERT_FILE",
    "SYSTEMROOT",
    "TEMP",
    "TERM",
    "TMP",
    "TMPDIR",
    "TZ",
    "USER",
    "USERPROFILE",
    "VIRTUAL_ENV",
)
"""The variables that a program gets of the environment that `apex` runs in."""

Starter = Callable[[Sequence[str], Path, Mapping[str, str]], Process]
"""Starts a program: its command, its working directory, and its whole environment."""

_MOST_LINES: Final = 200
_LONGEST_LINE: Final = 16_000
"""Characters kept of a line: many more than are shown, so that what is cut off cuts no secret."""

_GRACE_SECONDS: Final = 3


def environment(outer: Mapping[str, str], more: Iterable[str] = ()) -> dict[str, str]:
    """The environment of the program: the usual variables, and those that settings name."""
    allowed = {*ALLOWED, *more}
    return {key: value for key, value in outer.items() if key in allowed or key.startswith("LC_")}


def provider_config(variables: Mapping[str, str]) -> dict[str, str]:
    """What the provider takes from its variables, by config key; config itself comes before it."""
    return {
        key: value
        for key, names in PROVIDER_VARIABLES.items()
        if (value := next(filter(None, map(variables.get, names)), None))
    }


def instructions(  # noqa: PLR0913 each is a fact of its own
    project: Project,
    stack: str,
    monitor: str,
    config: Mapping[str, str],
    secret_keys: Iterable[str],
    *,
    numbers: Mapping[str, int] | None = None,
    withheld: Iterable[str] = (),
    stood_in: Mapping[str, str] | None = None,
) -> str:
    """The line that tells a launcher's runner what to run.

    Args:
        project: the program's.
        stack: the stack's name.
        monitor: the address that the program registers its resources at.
        config: the stack's config, with placeholders for what is secret.
        secret_keys: the keys of it that are secret.
        numbers: by key: what a placeholder of no certain form is where it is taken for a number.
        withheld: the environment variables that are set here and that the program does not get.
        stood_in: placeholders for those of them that are credentials.
    """
    return json.dumps(
        {
            "monitor": monitor,
            "project": project.name,
            "stack": stack,
            "root": str(project.root),
            "program": str(project.main),
            "config": config,
            "secret_keys": sorted(secret_keys),
            "secret_outputs": {
                name: paths for token, paths in SECRET_OUTPUTS.items() for name in names_of(token)
            },
            "numbers": numbers or {},
            "withheld": sorted(withheld),
            "stood_in": stood_in or {},
        }
    )


class Child:
    """A running program. Its output is kept up to a few hundred lines, and always drained."""

    def __init__(
        self,
        command: Sequence[str],
        folder: Path,
        variables: Mapping[str, str],
        start: Starter = start_piped,
        memory: int | None = None,
    ) -> None:
        """Starts the program.

        Args:
            command: what is run.
            folder: where.
            variables: its whole environment.
            start: starts a process.
            memory: bytes that it may need; it is ended when it needs more.

        Raises:
            OSError: it cannot be started.
        """
        self._process = start(command, folder, variables)
        self._memory = None if memory is None else MemoryWatch(self._process, memory)
        self.output: list[str] = []
        self.errors: list[str] = []
        self.dropped_lines = 0
        self._pumps = [
            threading.Thread(target=self._pump, args=(stream, lines), daemon=True)
            for stream, lines in (
                (self._process.stdout, self.output),
                (self._process.stderr, self.errors),
            )
        ]
        for pump in self._pumps:
            pump.start()

    def _pump(self, stream: IO[str] | None, lines: list[str]) -> None:
        if stream is None:
            return
        # Read in pieces: a program may print gigabytes without an end of line.
        is_new_line = True
        with stream:
            while piece := stream.readline(_LONGEST_LINE):
                if is_new_line and len(lines) < _MOST_LINES:
                    lines.append(piece.rstrip("\r\n"))
                elif is_new_line:
                    self.dropped_lines += 1
                is_new_line = piece.endswith("\n")

    @property
    def needed_too_much_memory(self) -> bool:
        """Whether it was ended because it needed more memory than it may have."""
        return self._memory is not None and self._memory.is_exceeded

    def send(self, line: str) -> None:
        """Gives the program its instructions; one that has ended already gets none."""
        stdin = self._process.stdin
        if stdin is not None:
            with contextlib.suppress(BrokenPipeError), stdin:
                stdin.write(line + "\n")

    def wait(self, seconds: float) -> int | None:
        """The exit code, or `None` where the program is still running after some seconds.

        A negative code is the signal that ended it.
        """
        try:
            code = self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            return None
        # What the program started may hold its pipes open; it has nothing more to say.
        for pump in self._pumps:
            pump.join(_GRACE_SECONDS)
        return code

    def stop(self) -> None:
        """Ends the program and all that it started."""
        if self._memory is not None:
            self._memory.end()
        if self._process.stdin is not None:
            with contextlib.suppress(BrokenPipeError):
                self._process.stdin.close()
        for number in (signal.SIGTERM, signal.SIGKILL):
            self._process.signal_group(number)
            if self._process.poll() is not None or self.wait(_GRACE_SECONDS) is not None:
                break
        self._process.signal_group(signal.SIGKILL)
