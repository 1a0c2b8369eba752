"""Several stacks at a time: what ends all of them, and whose time it is that one waits."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable
from concurrent.futures import CancelledError
from pathlib import Path

import pytest

from apex_guardrails.judgement.pipeline import RunResult
from apex_guardrails.runs.preview import preview_offline
from apex_guardrails.runs.several import Several
from apex_guardrails.sources.offline.other_stacks import Ask, OtherStacks
from apex_guardrails.sources.offline.preview import OfflinePreview
from apex_guardrails.sources.offline.projects import Target
from apex_guardrails.sources.offline.running import Running
from tests.policies.judged import judged


def test_whoever_stops_listening_ends_all_programs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folders = [judged(tmp_path / name, "") for name in ("one", "two")]

    told: list[Callable[[OfflinePreview], None]] = []

    def judge(target: Target, ask: Ask, starts: Callable[[OfflinePreview], None]) -> RunResult:
        told.append(starts)
        return preview_offline(target.folder, target.stack, None, 60, ask=ask, starts=starts)

    results = Several([Target(folder, "judged", "dev") for folder in folders], judge).judged()
    assert {type(next(results).result) for _ in folders} == {RunResult}
    stopped: list[OfflinePreview] = []
    monkeypatch.setattr(OfflinePreview, "stop", lambda preview: stopped.append(preview))  # noqa: PLW0108 a method
    results.close()
    assert {preview.project.root for preview in stopped} == set(folders)
    with pytest.raises(CancelledError):
        told[0](stopped[0])


def test_a_defect_is_heard_of(tmp_path: Path) -> None:
    def judge(_target: Target, _ask: Ask, _: Callable[[OfflinePreview], None]) -> RunResult:
        raise KeyError("a defect")

    with pytest.raises(KeyError, match="a defect"):
        list(Several([Target(tmp_path, "judged", "dev")], judge).judged())


def test_the_time_of_those_that_are_waited_for_is_counted_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(time, "monotonic", itertools.count(step=10).__next__)
    seen: list[float] = []

    def ask(_names: object) -> None:
        if not seen:
            seen.append(others.waited)
            # While it waits already, no more time is counted.
            others.outputs("a/other/dev")
            seen.append(others.waited)

    others = OtherStacks("own", ask=ask)
    assert others.waited == 0
    others.outputs("a/base/dev")
    assert seen == [10, 20]
    assert others.waited == 30
    assert others.waited == 30


def test_the_time_of_another_stack_is_not_the_programs(
    apex_run: Callable[[], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    wait = Running.wait
    asked: list[float] = []

    def slowly(running: Running, seconds: float) -> int | None:
        asked.append(seconds)
        return wait(running, 60) if len(asked) > 1 else None

    monkeypatch.setattr(Running, "wait", slowly)
    monkeypatch.setattr(OtherStacks, "waited", 25)
    assert apex_run()
    assert asked == [60, 25]


@pytest.fixture
def apex_run(tmp_path: Path) -> Callable[[], object]:
    """Runs a program that ends in order."""

    def run() -> bool:
        result = preview_offline(judged(tmp_path, ""), "dev", None, 60)
        return result.judgement.is_complete

    return run
