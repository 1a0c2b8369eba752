"""How soon an edit is answered while a program is watched."""

from __future__ import annotations

import os
import signal
import statistics
import subprocess
import time
from pathlib import Path
from typing import IO, Final

from scripts.bench.measurement import ROOT, RUNS, Measurement
from scripts.bench.processes import timed

_END: Final = "waiting for changes"


def edit_time(stack: str) -> Measurement:
    """From a save until it is answered, against a preview as a command of its own."""
    apex = [str(ROOT / ".venv/bin/apex"), "preview", "--stack", stack]
    timed(apex)
    with subprocess.Popen(
        [*apex, "--watch"], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as watching:
        answered(watching.stdout)
        # The first edit waits for what is imported after the first run.
        edited(watching.stdout)
        pairs = [(edited(watching.stdout), timed(apex)) for _ in range(RUNS)]
        watching.send_signal(signal.SIGINT)
    return Measurement(
        f"an edit in apex preview --watch --stack {stack} / a run",
        statistics.median(edit / run for edit, run in pairs),
        1 / 3,
        "x",
        f"{statistics.median(edit for edit, _ in pairs):.2f} s against "
        f"{statistics.median(run for _, run in pairs):.2f} s",
    )


def edited(said: IO[str] | None) -> float:
    """Seconds from a save of the program, as it is, to the answer."""
    start = time.perf_counter()
    os.utime(Path(ROOT / "infra" / "__main__.py"))
    answered(said)
    return time.perf_counter() - start


def answered(said: IO[str] | None) -> None:
    """Reads until it waits for changes."""
    for line in said or ():
        if _END in line:
            return
    raise RuntimeError("apex preview --watch has ended")
