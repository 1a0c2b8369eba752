"""`apex fleet audit` where another run has stopped or goes on: nothing is lost or there twice."""

from __future__ import annotations

import json
import os
import shutil
import signal
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from apex_guardrails.fleet.batches import InProcess, batches_of
from apex_guardrails.fleet.judging import Judge
from apex_guardrails.fleet.parts import states_in
from apex_guardrails.fleet.plan import Plan
from apex_guardrails.fleet.results import Results
from apex_guardrails.fleet.states import find_states
from apex_guardrails.fleet.work import Work
from tests.policies.fleet.backends import backend, bytes_of, put, rows
from tests.policies.fleet.test_engines import harmful, judged, run, started
from tests.policies.judged import Apex, Outcome
from tests.policies.processes import wait_until

pytestmark = pytest.mark.usefixtures("unproven")

RUN = ("fleet", "audit", "states", "--results", "out")
STACKS = ["shop/dev", "shop/prod", "web/dev"]
OTHERWISE = "used other sources, settings or another version of apex, so this one begins anew"


@pytest.fixture
def stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Runs until all but the last state is judged, and stops there."""

    def stopped(*sources: str, settings: Path | None = None) -> None:
        monkeypatch.chdir(tmp_path)
        plan = Plan(datetime.now(UTC).date(), settings=settings, sources=sources)
        judge, results = Judge(plan), Results("out")
        results.begin(plan.day, plan.shards)
        work = Work.begun(results, plan, judge.settings.digest())
        batches = batches_of(find_states(sources), jobs=1)
        for part in InProcess(plan, judge).run(batches[:-1], lambda *_: None):
            work.add(part, states_in(part))

    return stopped


@pytest.mark.no_cover
def test_an_older_run_that_ends_later_leaves_the_newer_ones_tables(tmp_path: Path) -> None:
    backend(tmp_path / "states", *STACKS)
    harmful(tmp_path, "slow", "waits")
    with started(tmp_path) as older:
        wait_until((tmp_path / "waiting").exists)
        older.send_signal(signal.SIGSTOP)
        (tmp_path / "go-on").touch()
        run(tmp_path).expect(1, "4 states")
        parts = list((tmp_path / "out/_work").rglob("part-*.zip"))
        older.send_signal(signal.SIGCONT)
        out, err = older.communicate()
    assert parts, "what the older one has judged is its own"
    Outcome(older.returncode, out, err).expect(3, "another run of the same shard has ended")
    assert judged(tmp_path) == sorted([*STACKS, "slow/dev"])


def test_what_could_not_be_judged_is_judged_again(
    apex: Apex, tmp_path: Path, stopped: Callable[..., None]
) -> None:
    states = backend(tmp_path / "states", *STACKS)
    broken = put(states, "shop/dev.json", b'{"version": 3, "checkpoint": {')
    stopped("states")
    broken.write_bytes(bytes_of("shop", "dev"))
    apex.writing(tmp_path, *RUN, "--resume").expect(1, "3 states", "0 not judged")
    assert judged(tmp_path) == STACKS
    assert rows(tmp_path / "out", "errors") == []
    assert rows(tmp_path / "out", "runs", "states, judged, failed, resumed") == [(3, 3, 0, 1)]


def test_what_is_gone_since_does_not_count(
    apex: Apex, tmp_path: Path, stopped: Callable[..., None]
) -> None:
    states = backend(tmp_path / "states", *STACKS)
    stopped("states")
    (states / ".pulumi/stacks/shop/dev.json").unlink()
    apex.writing(tmp_path, *RUN, "--resume").expect(1, "2 states")
    assert judged(tmp_path) == ["shop/prod", "web/dev"]
    findings = rows(tmp_path / "out", "findings", "DISTINCT project || '/' || stack", "ORDER BY 1")
    assert findings == [("shop/prod",), ("web/dev",)]


def test_a_run_over_other_sources_begins_anew(
    apex: Apex, tmp_path: Path, stopped: Callable[..., None]
) -> None:
    backend(tmp_path / "others", "pay/dev", "pay/prod")
    backend(tmp_path / "states", *STACKS)
    stopped("others")
    apex.writing(tmp_path, *RUN, "--resume").expect(1, OTHERWISE, "3 states")
    assert judged(tmp_path) == STACKS
    # The one that was stopped is older than what is there now, and so nobody goes on with it.
    again = ("fleet", "audit", "others", "--results", "out", "--resume")
    apex.writing(tmp_path, *again).expect(1, "2 states")
    assert rows(tmp_path / "out", "runs", "resumed") == [(0,)]


@pytest.mark.parametrize("where", ["environment", "checkouts"])
def test_a_run_by_other_settings_begins_anew(
    apex: Apex, tmp_path: Path, stopped: Callable[..., None], where: str
) -> None:
    backend(tmp_path / "states", *STACKS)
    (tmp_path / "one.yaml").write_text("{}\n")
    (tmp_path / "two.yaml").write_text("max_waiver_days: 30\n")
    checkout = tmp_path / "checkouts/shop"
    checkout.mkdir(parents=True)
    (checkout / "Pulumi.yaml").write_text("name: shop\nruntime: python\n")
    shutil.copy(tmp_path / "two.yaml", checkout / "policy-pack.yaml")
    stopped("states", settings=tmp_path / "one.yaml")
    more, environment = (
        (("--settings", "one.yaml", "--checkouts", "checkouts"), {})
        if where == "checkouts"
        else ((), {"APEX_SETTINGS": "two.yaml"})
    )
    apex.writing(tmp_path, *RUN, "--resume", *more, **environment).expect(1, OTHERWISE)
    assert judged(tmp_path) == STACKS
    files = {Path(file).name for (file,) in rows(tmp_path / "out", "stacks", "settings_file")}
    assert files == ({"one.yaml", "policy-pack.yaml"} if where == "checkouts" else {"two.yaml"})


def test_the_same_settings_by_the_environment_are_the_same(
    apex: Apex, tmp_path: Path, stopped: Callable[..., None]
) -> None:
    backend(tmp_path / "states", *STACKS)
    (tmp_path / "one.yaml").write_text("{}\n")
    stopped("states", settings=tmp_path / "one.yaml")
    outcome = apex.writing(tmp_path, *RUN, "--resume", APEX_SETTINGS="one.yaml")
    assert OTHERWISE not in outcome.expect(1, "3 states").err
    assert rows(tmp_path / "out", "runs", "resumed") == [(1,)]


def test_what_nobody_goes_on_with_is_removed(
    apex: Apex, tmp_path: Path, stopped: Callable[..., None]
) -> None:
    backend(tmp_path / "states", "shop/dev", "shop/prod")
    stopped("states")
    (work,) = (tmp_path / "out/_work").glob("day=*/*/*")
    old = work.parents[1].with_name("day=2026-01-02") / work.parent.name / "20260102T030405Z-0a1b"
    old.parent.mkdir(parents=True)
    work.rename(old)
    apex.writing(tmp_path, *RUN).expect(1)
    assert not [path for path in (tmp_path / "out/_work").rglob("*") if path.is_file()]


def test_of_two_states_of_one_stack_the_newer_one_counts(apex: Apex, tmp_path: Path) -> None:
    exports = tmp_path / "exports"
    exports.mkdir()
    for name, is_open in (("monday", True), ("tuesday", False)):
        state = json.loads(bytes_of("pay", "dev", is_open=is_open))["checkpoint"]["latest"]
        file = exports / f"{name}.json"
        file.write_text(json.dumps({"version": 3, "deployment": state}))
        if is_open:
            os.utime(file, (1_000_000_000, 1_000_000_000))
    arguments = ("fleet", "audit", "exports", "--results", "out")
    apex.writing(tmp_path, *arguments).expect(2, "2 states: 1 in order", "1 twice")
    results = tmp_path / "out"
    assert rows(results, "stacks", "source") == [(str(exports / "tuesday.json"),)]
    ((source, message),) = rows(results, "errors", "source, message", "WHERE kind = 'twice'")
    assert source == str(exports / "monday.json")
    assert message.endswith(f"as {exports / 'tuesday.json'}, which was written later and counts")
    assert len(rows(results, "resources")) == 1
    assert rows(results, "findings", "rule", "WHERE is_blocking") == []


def test_results_below_a_source_are_no_states(apex: Apex, tmp_path: Path) -> None:
    folder = tmp_path / "exports"
    folder.mkdir()
    state = json.loads(bytes_of("pay", "dev"))["checkpoint"]["latest"]
    (folder / "pay.json").write_text(json.dumps({"version": 3, "deployment": state}))
    for results in ("exports/results", "exports"):
        for _ in range(2):
            apex.writing(tmp_path, "fleet", "audit", "exports", "--results", results).expect(
                1, "1 state: 0 in order, 1 not in order, 0 not judged"
            )
