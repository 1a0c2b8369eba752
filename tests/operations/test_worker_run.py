"""The command of a worker's release, on a stack and a Temporal that stand in for real ones."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import nullcontext
from datetime import UTC, datetime
from typing import Any

import pytest

from infra.worker_release import WorkerRelease, build_of
from operations.errors import Exit, OperationError
from operations.release.worker.commands import take
from operations.release.worker.run import WorkerReleaseRun
from operations.release.worker.steps import Deploy, Route, Step
from operations.release.worker.versions import Versions
from operations.stack import OperatedStack, Update
from tests.operations.killing import killed
from tests.operations.states import state
from tests.operations.temporal_server import Work, versions_of

A, B, C = (f"apex-worker@sha256:{digit * 64}" for digit in "abc")


class FakeStack(OperatedStack):
    """A stack with a worker pool; each deployment is a revision more."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self.file = {
            "worker-image": A,
            "worker-stable-revision": "",
            "worker-autoscaled": "false",
            "worker-instances": "2",
        }
        self.updates: list[Update] = []
        self.images: dict[str, str] = {}
        """Of each revision."""
        self.fails: OperationError | None = None
        self.refreshed = False
        self.has_api = False
        self.up()

    @property
    def name(self) -> str:
        return "staging"

    def config(self, key: str) -> str:
        return self.file[key]

    def history(self, **_: Any) -> Iterator[Update]:
        return iter(self.updates)

    def resources(self) -> list[Mapping[str, Any]]:
        return [*state(), *self.pool()] if self.has_api else self.pool()

    def pool(self) -> list[Mapping[str, Any]]:
        urn = "urn:pulumi:staging::project::gcp:cloudrunv2/workerPool:WorkerPool::apex-worker"
        newest = list(self.images)[-1]
        return [
            {
                "urn": urn,
                "type": "gcp:cloudrunv2/workerPool:WorkerPool",
                "inputs": {
                    "template": {"containers": [{"image": self.images[newest]}]},
                    "scaling": {"manualInstanceCount": int(self.file["worker-instances"])},
                    "instanceSplits": WorkerRelease(self.stable).splits(),
                },
                "outputs": {"latestReadyRevision": newest},
            }
        ]

    def deploy(self, values: Mapping[str, str], *_: Any) -> None:
        self.file |= values
        if self.fails:
            raise self.fails
        self.up()

    def up(self) -> None:
        self.stable = self.file["worker-stable-revision"]
        self.images[f"apex-worker-{len(self.images):05}-rev"] = self.file["worker-image"]
        self.updates.insert(0, Update(dict(self.file), datetime.now(UTC), succeeded=True))
        having = {list(self.images)[-1], self.stable} - {""}
        self._work.instances(*(build_of(self.images[revision]) for revision in having))

    def refresh(self, urn: str) -> None:
        assert urn.endswith("::apex-worker")
        self.refreshed = True


class FakeTemporal:
    """Temporal, without a connection."""

    def __init__(self, work: Work) -> None:
        self.work = work

    def versions(self) -> Versions:
        return versions_of(self.work)

    def make_current(self, build: str, seen: Versions) -> None:
        assert seen.token == self.work.token
        self.work.make_current(build)


class Operator:
    """Somebody who starts the command anew for each step; image A has all work."""

    def __init__(self) -> None:
        self.work = Work()
        self.stack = FakeStack(self.work)
        self.temporal = FakeTemporal(self.work)
        self.run().promote(A)
        assert self.work.begin() == build_of(A)

    def run(self) -> WorkerReleaseRun:
        return WorkerReleaseRun(self.stack, lambda: nullcontext(self.temporal), lambda _: None)

    def promote(self, image: str | None = None) -> Step | None:
        step = self.run().promote(image)
        assert self.work.stranded() == set()
        return step

    def rollback(self) -> Step:
        step = self.run().rollback()
        assert self.work.stranded() == set()
        return step


@pytest.fixture
def operator() -> Operator:
    return Operator()


STEPS = [("stack", "deploy"), ("temporal", "make_current"), ("stack", "deploy")]


@pytest.mark.parametrize("before", [True, False])
@pytest.mark.parametrize("taken_back", [True, False])
@pytest.mark.parametrize("at", [0, 1, 2])
def test_a_release_that_is_killed_goes_on_or_is_taken_back(
    operator: Operator, at: int, *, taken_back: bool, before: bool
) -> None:
    for number, (there, where) in enumerate(STEPS[: at + 1]):
        if number == 2:
            operator.work.open.clear()
        if number < at:
            operator.promote(B)
        else:
            with killed(getattr(operator, there), where, after=0 if before else 1):
                operator.promote(B)
    assert operator.work.stranded() == set()

    operator.work.open.clear()
    image = B
    if taken_back and operator.stack.stable:
        image = A
        while not isinstance(operator.rollback(), Deploy):
            pass
    while operator.promote(image) is not None:
        pass
    assert operator.work.current == build_of(image)
    assert operator.work.polling == {build_of(image)}


def test_a_deployment_of_the_worker_leaves_the_api_alone(operator: Operator) -> None:
    operator.stack.has_api = True
    operator.stack.file["api-image"] = "apex-api:3"
    operator.promote(B)
    assert operator.stack.file["api-image"].endswith("/apex-api:2")


def test_a_rollback_that_is_killed_goes_on(operator: Operator) -> None:
    operator.promote(B)
    operator.promote()
    with killed(operator.temporal, "make_current"):
        operator.rollback()
    with killed(operator.stack, "deploy", after=0):
        operator.rollback()

    assert operator.rollback() == Deploy(A, WorkerRelease())


def test_what_is_released_is_under_way_or_in_the_config(operator: Operator) -> None:
    operator.stack.file["worker-image"] = B
    assert operator.promote() == Deploy(B, WorkerRelease("apex-worker-00000-rev"))
    operator.stack.file["worker-image"] = A  # as where somebody else checks the repository out
    assert operator.promote() == Route(build_of(B))


def test_somebody_elses_step_is_not_done_twice(
    operator: Operator, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = operator.temporal.versions

    def moving() -> Versions:
        monkeypatch.undo()
        operator.promote(B)
        return seen()

    monkeypatch.setattr(operator.temporal, "versions", moving)
    with pytest.raises(OperationError, match="somebody else has moved the release") as error:
        operator.promote(C)
    assert error.value.exit is Exit.BUSY


def test_a_deployment_that_fails_is_looked_at_in_the_cloud(operator: Operator) -> None:
    for code in (Exit.REFUSED, Exit.FAILED):
        operator.stack.fails = OperationError("it failed", code)
        with pytest.raises(OperationError, match="it failed") as error:
            operator.promote(B)
        assert error.value.exit is code
        assert operator.stack.refreshed is (code is Exit.FAILED)


def test_without_instances_of_its_own_there_is_no_release(operator: Operator) -> None:
    operator.stack.file["worker-autoscaled"] = "true"
    with pytest.raises(
        OperationError, match="worker-autoscaled: the stack does not set the number"
    ):
        operator.promote(B)

    assert operator.promote(A) is None  # an ordinary deployment has nothing else to do

    operator.stack.file |= {"worker-autoscaled": "false", "worker-instances": "0"}
    assert operator.promote(A) is None
    with pytest.raises(OperationError, match="stack staging has no workers"):
        operator.promote(B)


def test_without_a_deployment_that_succeeded_it_is_not_known_what_to_go_back_to(
    operator: Operator,
) -> None:
    operator.stack.updates.clear()
    with pytest.raises(OperationError, match="has no deployment without a release"):
        operator.promote(B)


def test_after_its_end_the_image_before_is_released_again(operator: Operator) -> None:
    with pytest.raises(OperationError, match="worker promote --image IMAGE"):
        operator.rollback()
    operator.work.open.clear()
    while operator.promote(B) is not None:
        pass
    with pytest.raises(OperationError, match=f"no release is under way.*--image {A}"):
        operator.rollback()


def test_the_status_says_who_has_what(operator: Operator) -> None:
    status = operator.run().status()
    assert "no release is under way: apex-worker-00000-rev" in status
    assert "build aaaaaaaaaaaa: gets new workflows" in status

    operator.promote(B)
    assert "00001-rev  build bbbbbbbbbbbb: has no workflows" in operator.run().status()
    operator.promote()
    assert (
        "stable     apex-worker-00000-rev  build aaaaaaaaaaaa: has open" in operator.run().status()
    )
    operator.work.open.clear()
    assert "build aaaaaaaaaaaa: is done" in operator.run().status()

    operator.work.known |= {"other"}
    operator.work.make_current("other")
    assert "current version other has no instances" in operator.run().status()


def test_a_plan_changes_nothing(operator: Operator) -> None:
    assert operator.run().forward(B) == Deploy(B, WorkerRelease("apex-worker-00000-rev"))
    assert operator.run().forward(A) is None
    operator.promote(B)
    assert operator.run().back() == Deploy(A, WorkerRelease())
    assert operator.run().forward(None) == Route(build_of(B))
    assert operator.work.current == build_of(A)


class Steps:
    """Some steps, and what they wait for in between."""

    def __init__(self, *outcomes: Step | OperationError | None) -> None:
        self.outcomes = list(outcomes)
        self.slept = 0.0

    def __call__(self) -> Step | None:
        outcome = self.outcomes.pop(0)
        if isinstance(outcome, OperationError):
            raise outcome
        return outcome

    def sleep(self, seconds: float) -> None:
        self.slept += seconds


NOT_YET = OperationError("not yet", Exit.NOT_YET)


def test_all_steps_are_taken_with_waits_in_between(capsys: pytest.CaptureFixture[str]) -> None:
    steps = Steps(Route("b"), NOT_YET, NOT_YET, Deploy(B, WorkerRelease()), None)

    take(steps, is_last=lambda step: step is None, hours=1, sleep=steps.sleep)

    assert steps.slept == 120
    told = capsys.readouterr()
    assert told.out.splitlines()[-1] == "nothing to do"
    assert told.out.count("done: ") == 2
    assert told.err.splitlines() == ["not yet", "not yet"]


def test_waiting_has_an_end() -> None:
    steps = Steps(*[NOT_YET] * 200)

    with pytest.raises(OperationError, match="2 h have passed: the same command") as error:
        take(steps, is_last=lambda step: step is None, hours=2, sleep=steps.sleep)

    assert error.value.exit is Exit.NOT_YET
    assert steps.slept == 2 * 3600


def test_one_step_waits_for_nothing() -> None:
    steps = Steps(Route("b"), NOT_YET)
    take(steps, is_last=lambda step: step is None, hours=None, sleep=steps.sleep)
    with pytest.raises(OperationError, match=r"^not yet$"):
        take(steps, is_last=lambda step: step is None, hours=None, sleep=steps.sleep)


def test_what_fails_is_not_waited_for() -> None:
    steps = Steps(OperationError("it failed", Exit.FAILED))
    with pytest.raises(OperationError, match=r"^it failed$"):
        take(steps, is_last=lambda step: step is None, hours=9, sleep=steps.sleep)
