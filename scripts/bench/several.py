"""Several programs at a time."""

from __future__ import annotations

import os
import statistics
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from scripts.bench.measurement import ROOT, Measurement
from scripts.bench.processes import timed
from tests.policies.judged import GCP, project_file, write

_RUNS = 3
"""Each takes minutes."""

_PROGRAM = """
import pulumi_gcp as gcp

gcp.storage.Bucket("bucket", location="us-central1")
"""


@contextmanager
def two_processors() -> Iterator[None]:
    """What is started meanwhile has two of them, where that can be said."""
    if not hasattr(os, "sched_getaffinity"):
        yield
        return
    all_of_them = os.sched_getaffinity(0)
    os.sched_setaffinity(0, sorted(all_of_them)[:2])
    try:
        yield
    finally:
        os.sched_setaffinity(0, all_of_them)


def all_time(count: int) -> Measurement:
    """`apex preview --all`, against a preview of each program, one after the other."""
    apex = [str(ROOT / ".venv/bin/apex"), "preview", "--soft-fail"]
    with tempfile.TemporaryDirectory() as folder, two_processors():
        programs = [
            write(
                Path(folder) / f"program-{number}",
                {
                    "Pulumi.yaml": project_file().replace("judged", f"program-{number}"),
                    "Pulumi.dev.yaml": GCP,
                    "__main__.py": _PROGRAM,
                },
            )
            for number in range(count)
        ]
        pairs = [
            (
                timed([*apex, "--all", folder]),
                sum(timed([*apex, "--program", str(program)]) for program in programs),
            )
            for _ in range(_RUNS)
        ]
    return Measurement(
        f"apex preview --all, {count} programs on 2 processors / one by one",
        statistics.median(at_a_time / in_turn for at_a_time, in_turn in pairs),
        1 / 1.7,
        "x",
        f"{statistics.median(at_a_time for at_a_time, _ in pairs):.1f} s against "
        f"{statistics.median(in_turn for _, in_turn in pairs):.1f} s",
    )
