"""An audit of a fleet, as a user starts it: what it costs a stack, many processes, memory, size."""

from __future__ import annotations

import json
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import psutil

from scripts.bench.fleet_states import state, write_fleet
from scripts.bench.measurement import ROOT, Measurement

APEX: Final = str(ROOT / ".venv/bin/apex")
RESOURCES: Final = 200
_MEGABYTE: Final = 1024 * 1024
_SAMPLED_SECONDS: Final = 0.2


@dataclass(frozen=True)
class Run:
    """One audit of a fleet.

    Attributes:
        seconds: that a user waits.
        processor: seconds of the processor, of all processes.
        driver: megabytes at most, of the process that is started.
        worker: megabytes at most, of any other.
        size: bytes of its tables.
    """

    seconds: float
    processor: float
    driver: float
    worker: float
    size: int


@cache
def fleet(stacks: int) -> Path:
    """A backend with so many stacks."""
    folder = Path(tempfile.gettempdir()) / f"apex-bench-fleet-{stacks}"
    if not folder.exists():
        half_made = folder.with_suffix(".new")
        for _ in write_fleet(half_made, stacks, RESOURCES):
            pass
        half_made.rename(folder)
    return folder


@cache
def audited(stacks: int, jobs: int) -> Run:
    """An audit of so many stacks by so many processes."""
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        process = psutil.Popen(
            [
                *(APEX, "fleet", "audit", str(fleet(stacks)), "--results", folder),
                *("--jobs", str(jobs), "--quiet", "--exit-zero"),
            ],
            stdout=subprocess.DEVNULL,
        )
        used: dict[int, float] = {}
        driver = worker = 0.0
        while process.poll() is None:
            for each, processor, memory in _sampled(process):
                used[each.pid] = max(used.get(each.pid, 0), processor)
                if each.pid == process.pid:
                    driver = max(driver, memory)
                else:
                    worker = max(worker, memory)
            time.sleep(_SAMPLED_SECONDS)
        seconds = time.perf_counter() - began
        if process.returncode:
            raise RuntimeError(f"apex fleet audit ended with {process.returncode}")
        size = sum(file.stat().st_size for file in Path(folder).rglob("*.parquet"))
    return Run(seconds, sum(used.values()), driver, worker, size)


def _sampled(process: psutil.Process) -> Iterator[tuple[psutil.Process, float, float]]:
    """Each process of a tree, with its seconds of the processor and its megabytes."""
    # A process may end while it is looked at.
    try:
        tree = (process, *process.children(recursive=True))
    except psutil.Error:
        return
    for each in tree:
        try:
            times, memory = each.cpu_times(), each.memory_info().rss
        except psutil.Error:
            continue
        yield each, times.user + times.system, memory / _MEGABYTE


def cost_of_a_stack(stacks: int) -> Measurement:
    """Seconds of the processor for a stack, against those of an audit of it with its report."""
    small = audited(stacks // 10, 1)
    mine = (audited(stacks, 1).processor - small.processor) / (stacks - stacks // 10)
    its = (_audit_processor(11) - _audit_processor(1)) / 10
    return Measurement(
        f"apex fleet audit of {stacks:,} stacks of {RESOURCES} resources / apex audit, a stack",
        mine / its,
        0.5,
        "x",
        f"{mine:.3f} s against {its:.3f} s of the processor",
    )


def _audit_processor(stacks: int) -> float:
    """Seconds of the processor for audits of so many stacks, with their reports as JSON."""
    with tempfile.TemporaryDirectory() as folder:
        files = []
        for number in range(stacks):
            files.append(Path(folder) / f"s{number}.json")
            files[-1].write_text(json.dumps(state(f"s{number}", "dev", RESOURCES, number)))
        before = psutil.Process().cpu_times()
        subprocess.run(
            [APEX, "audit", *files, "--format", "json", "--output-dir", folder],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=False,
        )
        after = psutil.Process().cpu_times()
    return (
        after.children_user - before.children_user + after.children_system - before.children_system
    )


def two_jobs(stacks: int) -> Measurement:
    """Two processes against one."""
    one, two = audited(stacks, 1), audited(stacks, 2)
    return Measurement(
        f"apex fleet audit of {stacks:,} stacks with 2 jobs / with 1",
        two.seconds / one.seconds,
        1 / 1.8,
        "x",
        f"{two.seconds:.0f} s against {one.seconds:.0f} s",
    )


def growth(stacks: int) -> Measurement:
    """Ten times as many stacks."""
    few, many = audited(stacks // 10, 1), audited(stacks, 1)
    return Measurement(
        f"apex fleet audit of {stacks:,} stacks / of {stacks // 10:,}, time of the processor",
        many.processor / few.processor,
        11,
        "x",
        f"{many.processor:.0f} s against {few.processor:.0f} s",
    )


def worker_memory(stacks: int) -> Measurement:
    """What a worker has at most."""
    run = audited(stacks, 2)
    what = f"apex fleet audit of {stacks:,} stacks, memory of a worker"
    return Measurement(what, run.worker, 400, "MB", "resident")


def driver_memory(stacks: int) -> Measurement:
    """What the process has at most that hands out the work and writes the tables."""
    run = audited(stacks, 2)
    what = f"apex fleet audit of {stacks:,} stacks, memory of the driver"
    return Measurement(what, run.driver, 500, "MB", "resident")


def size(stacks: int) -> Measurement:
    """Tables against the judgements as JSON."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "s.json"
        file.write_text(json.dumps(state("s", "dev", RESOURCES, 1)))
        subprocess.run(
            [APEX, "audit", file, "--format", "json", "--output", Path(folder) / "out.json"],
            stdout=subprocess.DEVNULL,
            check=False,
        )
        alone = (Path(folder) / "out.json").stat().st_size
    tables = audited(stacks, 1).size
    return Measurement(
        f"tables of {stacks:,} stacks / their judgements as JSON",
        100 * tables / (alone * stacks),
        2,
        "%",
        f"{tables / stacks / 1024:.1f} KB against {alone / 1024:,.0f} KB a stack",
    )
