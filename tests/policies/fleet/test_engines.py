"""Who judges a fleet, and what happens when one of them is lost."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.policies.fleet.backends import backend, checkpoint, firewall, put, rows, zipped
from tests.policies.fleet.harm import settings
from tests.policies.judged import Outcome, command
from tests.policies.processes import wait_until

STACKS = [f"shop-{number}/dev" for number in range(8)]


def harmful(folder: Path, project: str, name: str) -> None:
    """A stack with a firewall that does harm."""
    state = checkpoint(project, "dev", firewall(project, "dev", is_open=True, name=name))
    put(folder / "states", f"{project}/dev.json", json.dumps(state).encode())


def arguments(folder: Path, *more: str) -> list[str]:
    return command(
        *("fleet", "audit", "states", "--results", "out"),
        *("--settings", str(settings(folder)), *more),
    )


def run(folder: Path, *more: str) -> Outcome:
    done = subprocess.run(
        arguments(folder, *more), cwd=folder, capture_output=True, text=True, check=False
    )
    assert "Traceback" not in done.stderr, done.stderr
    return Outcome(done.returncode, done.stdout, done.stderr)


def judged(folder: Path) -> list[str]:
    """The stacks that are in the tables, as often as they are there."""
    return sorted(name for (name,) in rows(folder / "out", "stacks", "project || '/' || stack"))


def test_many_processes_find_what_one_finds_and_a_killed_one_is_made_up_for(
    tmp_path: Path,
) -> None:
    backend(tmp_path / "states", *STACKS)
    harmful(tmp_path, "worn", "kills-once")
    run(tmp_path, "--jobs", "2").expect(1, "9 states: 0 in order, 9 not in order, 0 not judged")
    assert (tmp_path / "killed").exists()
    assert judged(tmp_path) == sorted([*STACKS, "worn/dev"])
    columns = "project, rule, urn, fingerprint"
    many = rows(tmp_path / "out", "findings", columns, "ORDER BY ALL")
    assert rows(tmp_path / "out", "rules", "rule", "WHERE is_own") == [("firewall-no-harm",)]

    run(tmp_path).expect(1, "9 states")
    assert rows(tmp_path / "out", "findings", columns, "ORDER BY ALL") == many


def test_a_state_that_takes_every_process_with_it_is_an_error_and_the_others_go_on(
    tmp_path: Path,
) -> None:
    backend(tmp_path / "states", *STACKS)
    harmful(tmp_path, "shop-3", "kills")
    run(tmp_path, "--jobs", "2").expect(2, "8 states", "1 not judged", "1 worker lost")
    assert judged(tmp_path) == [name for name in STACKS if name != "shop-3/dev"]
    assert rows(tmp_path / "out", "errors", "project, stack, kind") == [
        ("shop-3", "dev", "worker lost")
    ]


@pytest.mark.no_cover
@pytest.mark.skipif(sys.platform == "darwin", reason="macOS heeds no limit of a process's memory")
def test_a_state_that_takes_all_memory_is_an_error_and_the_others_go_on(tmp_path: Path) -> None:
    backend(tmp_path / "states", *STACKS[:2])
    harmful(tmp_path, "rule", "eats")
    padded = checkpoint("large", "dev", firewall("large", "dev", is_open=False))
    padded["checkpoint"]["latest"]["resources"][1]["inputs"]["padding"] = [{}] * 9_000_000
    put(tmp_path / "states", "large/dev.json.gz", zipped(json.dumps(padded).encode()))
    run(tmp_path, "--memory-limit", "300").expect(2, "4 states", "2 out of memory")
    assert judged(tmp_path) == STACKS[:2]
    found = rows(tmp_path / "out", "errors", "project, kind, message", "ORDER BY ALL")
    assert [(project, kind) for project, kind, _ in found] == [
        ("large", "out of memory"),
        ("rule", "out of memory"),
    ]
    assert "takes more than 300 MB of memory" in found[0][2]


@pytest.mark.no_cover
def test_a_run_that_is_killed_goes_on_where_it_was(tmp_path: Path) -> None:
    backend(tmp_path / "states", *STACKS)
    harmful(tmp_path, "slow", "waits")
    with started(tmp_path) as process:
        wait_until((tmp_path / "waiting").exists)
        process.kill()
    assert not (tmp_path / "out/runs").exists()
    kept = list((tmp_path / "out/_work").rglob("part-*.zip"))
    assert kept
    # Of what was judged nothing is read again.
    states = tmp_path / "states/.pulumi/stacks"
    (states / "shop-0/dev.json").write_text("{}")
    (tmp_path / "go-on").touch()

    run(tmp_path, "--resume").expect(1, "9 states: 0 in order, 9 not in order, 0 not judged")

    assert judged(tmp_path) == sorted([*STACKS, "slow/dev"])
    assert rows(tmp_path / "out", "runs", "states, judged, resumed") == [(9, 9, 1)]
    assert not [path for path in (tmp_path / "out/_work").rglob("*") if path.is_file()]


@pytest.mark.no_cover
def test_two_runs_of_one_shard_at_once_count_nothing_twice(tmp_path: Path) -> None:
    backend(tmp_path / "states", *STACKS)
    harmful(tmp_path, "slow", "waits")
    with started(tmp_path) as first:
        wait_until((tmp_path / "waiting").exists)
        (tmp_path / "waiting").unlink()
        with started(tmp_path, "--resume") as second:
            wait_until((tmp_path / "waiting").exists)
            (tmp_path / "go-on").touch()
            second.communicate()
        first.communicate()
    assert {first.returncode, second.returncode} <= {1, 3}
    assert judged(tmp_path) == sorted([*STACKS, "slow/dev"])
    urns = [urn for (urn,) in rows(tmp_path / "out", "resources", "urn")]
    assert len(urns) == len(set(urns)) == 9


@contextmanager
def started(folder: Path, *more: str) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        arguments(folder, *more),
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        process.communicate()


@pytest.mark.no_cover
def test_results_that_become_full_are_said_and_gone_on_with(tmp_path: Path) -> None:
    backend(tmp_path / "states", *STACKS)
    # A file may have so many blocks of 512 bytes: the tables have more.
    limited = ["sh", "-c", 'ulimit -f 16; exec "$@"', "sh", *arguments(tmp_path)]
    done = subprocess.run(limited, cwd=tmp_path, capture_output=True, text=True, check=False)
    Outcome(done.returncode, done.stdout, done.stderr).expect_only(
        2, "cannot be written", "--resume"
    )
    run(tmp_path, "--resume").expect(1, "8 states")
    assert judged(tmp_path) == STACKS


@contextmanager
def cluster(folder: Path, **of_worker: str) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """A scheduler and a worker, each a process of its own; the scheduler's address."""
    file = folder / "scheduler.json"
    python = Path(sys.executable)
    environment = {**os.environ, "PYTHONWARNINGS": "ignore"}
    scheduler = subprocess.Popen(
        [
            *(python.with_name("dask"), "scheduler", "--port", "0", "--host", "127.0.0.1"),
            *("--no-dashboard", "--scheduler-file", file),
        ],
        cwd=folder,
        env=environment,
        stderr=subprocess.DEVNULL,
    )
    worker = None
    try:
        wait_until(file.exists)
        wait_until(lambda: bool(file.read_text()))
        worker = subprocess.Popen(
            [
                *(python.with_name("dask"), "worker", "--scheduler-file", file),
                *("--nthreads", "1", "--no-dashboard", "--no-nanny", "--death-timeout", "5"),
                *("--local-directory", folder),
            ],
            cwd=folder,
            env={**environment, **of_worker},
            stderr=subprocess.DEVNULL,
        )
        yield json.loads(file.read_text())["address"], scheduler
    finally:
        for process in filter(None, (worker, scheduler)):
            process.kill()
            process.wait()


def test_a_cluster_that_exists_judges(tmp_path: Path) -> None:
    backend(tmp_path / "states", *STACKS)
    with cluster(tmp_path) as (address, _):
        run(tmp_path, "--scheduler", address).expect(1, "8 states: 0 in order")
    assert judged(tmp_path) == STACKS


def test_a_worker_that_sees_other_settings_judges_nothing(tmp_path: Path) -> None:
    backend(tmp_path / "states", *STACKS)
    (tmp_path / "other.yaml").write_text("max_waiver_days: 30\n")
    command_line = command("fleet", "audit", "states", "--results", "out")
    with cluster(tmp_path, APEX_SETTINGS=str(tmp_path / "other.yaml")) as (address, _):
        done = subprocess.run(
            [*command_line, "--scheduler", address],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
    Outcome(done.returncode, done.stdout, done.stderr).expect(
        2, f"{address}: a worker of it has other settings or rules; here is apex"
    )
    assert not (tmp_path / "out/stacks").exists()


def test_a_scheduler_that_goes_away_is_said_and_gone_on_without(tmp_path: Path) -> None:
    backend(tmp_path / "states", *STACKS)
    harmful(tmp_path, "slow", "waits")
    with cluster(tmp_path) as (address, scheduler):
        with started(tmp_path, "--scheduler", address) as process:
            wait_until((tmp_path / "waiting").exists)
            scheduler.send_signal(signal.SIGKILL)
            out, err = process.communicate()
        Outcome(process.returncode, out, err).expect(3, address, "lost the connection", "--resume")
        (tmp_path / "go-on").touch()
    run(tmp_path, "--resume").expect(1, "9 states: 0 in order, 9 not in order")
    assert judged(tmp_path) == sorted([*STACKS, "slow/dev"])


def test_a_scheduler_that_cannot_be_reached_is_one_clear_message(tmp_path: Path) -> None:
    backend(tmp_path / "states", "shop/dev")
    run(tmp_path, "--scheduler", "tcp://127.0.0.1:9").expect(2, "127.0.0.1:9: cannot be reached")
