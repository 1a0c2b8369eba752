"""Programs that are started with a group of their own, to be ended with all that they started."""

from __future__ import annotations

import contextlib
import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path


def start(
    command: Sequence[str], folder: Path, variables: Mapping[str, str], *, stdin: int
) -> subprocess.Popen[str]:
    """Starts a program whose output is text, whatever bytes it writes.

    Args:
        command: the program and its arguments.
        folder: its working directory.
        variables: its whole environment.
        stdin: `subprocess.PIPE` or `subprocess.DEVNULL`.

    Raises:
        OSError: it cannot be started.
    """
    return subprocess.Popen(
        command,
        cwd=folder,
        env=dict(variables),
        stdin=stdin,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        errors="replace",
        start_new_session=True,
    )


def signal_group(process: subprocess.Popen[str], number: int) -> None:
    """Sends a signal to a started program and to all that it started, if any of it runs still."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, number)
