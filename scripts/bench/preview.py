"""An offline preview as a whole, and the command's own start."""

from __future__ import annotations

import statistics
import subprocess
import time

import psutil

from scripts.bench.bare import bare_run
from scripts.bench.measurement import ROOT, RUNS, Measurement
from scripts.bench.processes import timed


def preview_time(stack: str) -> Measurement:
    """An offline preview against the bare child: at most 1.3 times it and 0.3 s."""
    apex = [str(ROOT / ".venv/bin/apex"), "preview", "--stack", stack]
    timed(apex)
    bare_run(ROOT, stack)
    pairs = [(timed(apex), bare_run(ROOT, stack)) for _ in range(RUNS)]
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


def list_time() -> Measurement:
    """How soon all rules are listed."""
    apex = [str(ROOT / ".venv/bin/apex"), "policies", "list"]
    timed(apex)
    seconds = [timed(apex) for _ in range(RUNS * 3)]
    return Measurement(
        "apex policies list",
        statistics.median(seconds),
        0.5,
        "s",
        f"{min(seconds):.2f} s to {max(seconds):.2f} s",
    )
