"""What a release of the worker does next, and that no work is lost whatever is done."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from infra.worker_release import WorkerRelease, build_of, worker_release_of
from operations.errors import Exit, OperationError
from operations.release.worker.pool import Pool, read_pool, worker_of
from operations.release.worker.steps import Deploy, Route, Step, back, forward
from operations.release.worker.versions import Status, Versions
from tests.operations.temporal_server import Work, versions_of

A, B, C = (f"apex-worker@sha256:{digit * 64}" for digit in "abc")
REVISIONS = "apex-worker-00001-abc", "apex-worker-00002-def"


def pool(image: str, stable: str = "", newest: str = REVISIONS[1]) -> Pool:
    registry = "us-central1-docker.pkg.dev/apex-memory-dev/apex"
    return Pool("urn", f"{registry}/{image}", newest, WorkerRelease(stable), 2)


def versions(current: str | None, **builds: Status) -> Versions:
    """Temporal's builds, each of which is called after the digit of its digest."""
    return Versions(
        current and build_of(current),
        {name * 12: status for name, status in builds.items()},
        {build_of(A), build_of(B)},
    )


@dataclass
class System:
    """Cloud Run and Temporal, and a release command that is started anew for each step."""

    settled: str = A
    image: str = A
    release: WorkerRelease = field(default_factory=WorkerRelease)
    revisions: dict[str, str] = field(default_factory=dict)
    """The image of each."""
    work: Work = field(default_factory=Work)

    def __post_init__(self) -> None:
        self._deploy(Deploy(A, WorkerRelease()))
        self.work.make_current(build_of(A))

    def forward(self, image: str) -> Step | None:
        return forward(self._pool(), self._versions(), image, self.settled)

    def promote(self, image: str) -> None:
        self._try(lambda: self.forward(image))

    def rollback(self) -> None:
        if self.release.is_under_way:
            self._try(lambda: back(self._pool(), self._versions(), self.settled))

    def _try(self, decide: Callable[[], Step | None]) -> None:
        """Does a step, unless it is too early, as it may always be."""
        try:
            step = decide()
        except OperationError as error:
            if error.exit not in (Exit.NOT_YET, Exit.BUSY):
                raise
        else:
            self._do(step)

    def _do(self, step: Step | None) -> None:
        match step:
            case Deploy():
                self._deploy(step)
            case Route(build):
                assert not build or build in self.work.polling
                self.work.make_current(build)

    def _deploy(self, step: Deploy) -> None:
        self.image, self.release = step.image, step.release
        newest = f"apex-worker-{len(self.revisions):05}-rev"
        self.revisions[newest] = step.image
        names = [split.get("revision", newest) for split in step.release.splits()]
        assert set(names) <= self.revisions.keys()
        self.work.instances(*(build_of(self.revisions[name]) for name in names))
        if not step.release.is_under_way:
            self.settled = step.image

    def _pool(self) -> Pool:
        return pool(self.image, self.release.stable, list(self.revisions)[-1])

    def _versions(self) -> Versions:
        return versions_of(self.work)


MOVES = st.one_of(
    st.tuples(st.just("promote"), st.sampled_from([A, B, C])),
    st.tuples(st.just("go on")),
    st.tuples(st.just("rollback")),
    st.tuples(st.just("begin")),
    st.tuples(st.just("close"), st.integers(0, 20)),
)


@settings(max_examples=400)
@given(st.lists(MOVES, max_size=40), st.sampled_from([A, B, C]))
def test_no_work_is_ever_without_instances(moves: list[tuple[object, ...]], image: str) -> None:
    system = System()
    for move in moves:
        match move:
            case ("promote", str(released)):
                system.promote(released)
            case ("go on",):
                system.promote(system.image)
            case ("rollback",):
                system.rollback()
            case ("begin",):
                system.work.begin()
            case ("close", int(which)) if system.work.open:
                system.work.open.pop(which % len(system.work.open))
        assert system.work.stranded() == set()
        assert system.work.current in {build_of(system.settled), build_of(system.image)}

    # And when all workflows are done, every release comes to its end.
    system.work.open.clear()
    for _ in range(3):
        if system.release.is_under_way:
            system.promote(system.image)
    for _ in range(4):
        system.promote(image)
    assert system.forward(image) is None
    assert system.work.polling == {system.work.current} == {build_of(image)}


@given(st.lists(st.booleans(), max_size=8))
def test_a_release_that_is_taken_back_leaves_what_was_before(begun: list[bool]) -> None:
    system = System()
    for is_begun in begun:
        if system.forward(B) is not None:
            system.promote(B)
        if is_begun:
            system.work.begin()
        if system.work.open and system.work.current == build_of(B):
            break
    was_under_way = system.release.is_under_way
    system.work.open.clear()
    for _ in range(2):
        system.rollback()
    if was_under_way:
        assert system.image == A
        assert system.work.current == build_of(A)


def test_a_release_goes_step_by_step() -> None:
    assert forward(pool(A), versions(A), B, A) == Deploy(B, WorkerRelease(REVISIONS[1]))
    under_way = pool(B, REVISIONS[0])
    assert forward(under_way, versions(A), B, A) == Route("b" * 12)
    drained = versions(B, a=Status.DRAINED, b=Status.ACTIVE)
    assert forward(under_way, drained, B, A) == Deploy(B, WorkerRelease())
    assert forward(pool(B), drained, B, B) is None


def test_old_instances_stay_while_they_have_work() -> None:
    draining = versions(B, a=Status.DRAINING, b=Status.ACTIVE)
    with pytest.raises(OperationError, match="not yet: aaaaaaaaaaaa has open workflows") as error:
        forward(pool(B, REVISIONS[0]), draining, B, A)
    assert error.value.exit is Exit.NOT_YET

    ended = forward(pool(B, REVISIONS[0]), draining, B, A, undrained=True)
    assert ended == Deploy(B, WorkerRelease())


def test_a_build_that_nobody_has_made_current_is_made_so() -> None:
    """As after the very first deployment."""
    assert forward(pool(A), versions(None, a=Status.UNUSED), A, A) == Route("a" * 12)


def test_one_release_at_a_time() -> None:
    with pytest.raises(OperationError, match="promote it to its end, or roll it back") as error:
        forward(pool(B, REVISIONS[0]), versions(A), C, A)
    assert error.value.exit is Exit.BUSY


def test_a_revision_that_is_not_ready_gets_no_work() -> None:
    with pytest.raises(OperationError, match="the new revision is not ready"):
        forward(pool(B, REVISIONS[0], newest=REVISIONS[0]), versions(A), B, A)


def test_a_build_whose_workers_do_not_poll_gets_no_work() -> None:
    idle = Versions(build_of(A), {build_of(A): Status.ACTIVE, build_of(B): Status.DRAINED})
    with pytest.raises(OperationError, match="no worker of build bbbbbbbbbbbb asks for") as error:
        forward(pool(B, REVISIONS[0]), idle, B, A)
    assert error.value.exit is Exit.NOT_YET


def test_what_a_deployment_left_half_done_is_not_released_upon() -> None:
    with pytest.raises(OperationError, match="run pulumi up first"):
        forward(pool(B), versions(A), C, A)


def test_new_workflows_go_back_before_the_new_instances_go() -> None:
    under_way = pool(B, REVISIONS[0])
    active = versions(B, a=Status.DRAINING, b=Status.ACTIVE)
    assert back(under_way, active, A) == Route("a" * 12)

    with pytest.raises(OperationError, match="bbbbbbbbbbbb has open workflows"):
        back(under_way, versions(A, a=Status.ACTIVE, b=Status.DRAINING), A)
    drained = versions(A, a=Status.ACTIVE, b=Status.DRAINED)
    assert back(under_way, drained, A) == Deploy(A, WorkerRelease())


def test_workers_without_a_build_id_get_their_work_back() -> None:
    under_way = pool(B, REVISIONS[0])
    assert back(under_way, versions(B, b=Status.ACTIVE), A) == Route("")
    assert back(under_way, versions(None, b=Status.DRAINED), A) == Deploy(A, WorkerRelease())


@pytest.mark.parametrize(
    ("step", "told"),
    [
        (Deploy(B, WorkerRelease(REVISIONS[0])), f"deploy {B} beside {REVISIONS[0]}"),
        (Deploy(B, WorkerRelease()), f"end the release: {B} has all instances"),
        (Route("bbb"), "make bbb the current version in Temporal"),
        (Route(""), "have no current version in Temporal: workers without a build id get the work"),
    ],
)
def test_a_step_says_what_it_does(step: Step, told: str) -> None:
    assert str(step) == told


@pytest.mark.parametrize(
    ("image", "build"),
    [
        (A, "a" * 12),
        (f"registry.example.com:5000/apex/apex-worker:1.0@sha256:{'d' * 64}", "d" * 12),
        ("registry.example.com:5000/apex/apex-worker:1.0.0", "1.0.0"),
        ("apex-worker", "latest"),
    ],
)
def test_a_build_is_its_images_digest_or_tag(image: str, build: str) -> None:
    assert build_of(image) == build


@given(st.sampled_from(["", *REVISIONS]), st.integers(1, 100))
def test_both_revisions_have_what_all_the_work_takes(stable: str, each: int) -> None:
    release = WorkerRelease(stable)
    splits = release.splits()
    assert sum(split["percent"] for split in splits) == 100
    for split in splits:
        assert release.instances(each) * split["percent"] == each * 100
    assert worker_release_of(splits) == release
    assert worker_release_of([]) == WorkerRelease()


def test_no_revision_is_called_like_that() -> None:
    with pytest.raises(ValueError, match="'A B' is no revision's name"):
        WorkerRelease("A B")


def state(splits: object, image: str = B, instances: int = 2) -> list[dict[str, object]]:
    urn = "urn:pulumi:dev::project::gcp:cloudrunv2/workerPool:WorkerPool::apex-worker"
    return [
        {
            "urn": urn,
            "type": "gcp:cloudrunv2/workerPool:WorkerPool",
            "inputs": {
                "template": {"containers": [{"image": image}]},
                "scaling": {"manualInstanceCount": float(instances)},
                "instanceSplits": splits,
            },
            "outputs": {"latestReadyRevision": REVISIONS[1]},
        }
    ]


def test_the_pool_is_read_from_the_state() -> None:
    found = read_pool(state(WorkerRelease(REVISIONS[0]).splits()))
    assert found.release == WorkerRelease(REVISIONS[0])
    assert (found.newest, found.build, found.instances) == (REVISIONS[1], "b" * 12, 2)


def test_splits_of_somebody_elses_are_refused() -> None:
    splits = [{"type": "INSTANCE_SPLIT_ALLOCATION_TYPE_REVISION", "revision": "r", "percent": 100}]
    with pytest.raises(OperationError, match="in a way that no release does; fix it with pulumi"):
        read_pool(state(splits))


def test_a_deployment_of_something_else_leaves_workers_alone() -> None:
    released = state(WorkerRelease(REVISIONS[0]).splits())
    assert worker_of(released) == {"worker-image": B, "worker-stable-revision": REVISIONS[0]}
    assert worker_of([]) == {}
    assert worker_of(state([], instances=0)) == {}
    assert worker_of(state([], image="us-docker.pkg.dev/cloudrun/container/worker-pool")) == {}


def test_a_stack_without_the_pool_says_so() -> None:
    with pytest.raises(OperationError, match="apex-worker is not in the state: run pulumi up"):
        read_pool([])
