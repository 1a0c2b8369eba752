"""Releases of the worker, through the real engine and a stand-in for Temporal."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path

import pulumi
import pulumi_gcp as gcp
import pytest

from infra.worker_release import WorkerRelease, build_of
from operations.errors import Exit, OperationError
from operations.release.worker.pool import Pool, read_pool
from operations.release.worker.run import WorkerReleaseRun
from operations.release.worker.temporal import Temporal, connected
from operations.stack import OperatedStack
from tests.engine.harness import Engine, Stack
from tests.engine.small import small_project
from tests.operations.certificates import Certificates, certificates
from tests.operations.temporal_server import Server, Work, serving

A, B, C = (f"apex-worker@sha256:{digit * 64}" for digit in "abc")
KEYS = ("worker-image", "worker-instances", "worker-autoscaled", "worker-stable-revision")
NOTHING_LOST: set[str] = set()


def small_program() -> None:
    """The worker pool alone, which a release is about."""
    config = pulumi.Config()
    release = WorkerRelease(config.get("worker-stable-revision", ""))
    gcp.cloudrunv2.WorkerPool(
        "apex-worker",
        name="apex-worker",
        location="us-central1",
        template={"containers": [{"image": f"example.com/apex/{config.require('worker-image')}"}]},
        scaling={
            "scaling_mode": "MANUAL",
            "manual_instance_count": release.instances(config.require_int("worker-instances")),
        },
        instance_splits=[
            gcp.cloudrunv2.WorkerPoolInstanceSplitArgs(**split) for split in release.splits()
        ],
        deletion_protection=False,
    )


@dataclass
class Operator:
    """Somebody who runs the release command, while Temporal and the workers do their part."""

    stack: Stack
    connect: Callable[[], AbstractContextManager[Temporal]]
    work: Work
    builds: dict[str, str] = field(default_factory=dict)
    """The build of each revision."""

    def run(self) -> WorkerReleaseRun:
        """The command, started anew."""
        stack = OperatedStack(self.stack._stack, (), lambda _: None)
        return WorkerReleaseRun(stack, self.connect, lambda _: None)

    def promote(self, image: str | None = None, *, undrained: bool = False) -> str:
        try:
            return str(self.run().promote(image, undrained=undrained))
        finally:
            self.instances_follow()

    def rollback(self) -> str:
        try:
            return str(self.run().rollback())
        finally:
            self.instances_follow()

    def instances_follow(self) -> None:
        """The revisions that have instances poll, and the others have gone."""
        pool = self.pool
        self.builds.setdefault(pool.newest, pool.build)
        names = [split.get("revision", pool.newest) for split in pool.release.splits()]
        self.work.instances(*(self.builds[name] for name in names))

    @property
    def pool(self) -> Pool:
        deployment = self.stack._stack.export_stack().deployment
        assert deployment
        return read_pool(deployment["resources"])

    @property
    def lost(self) -> set[str]:
        """Builds that have work, and no instances to do it."""
        return self.work.stranded()


@pytest.fixture(scope="module")
def made() -> Certificates:
    return certificates()


@pytest.fixture
def server(made: Certificates) -> Iterator[Server]:
    with serving(made) as found:
        yield found


@pytest.fixture
def operator(engine: Engine, tmp_path: Path, server: Server, made: Certificates) -> Operator:
    """Of a stack whose worker has image A, on which a workflow has begun."""
    stack = engine.stack(
        small_program,
        project=small_project(tmp_path, KEYS),
        name="staging",
        config={"worker-image": A, "worker-instances": "2"},
    )
    assert stack.up().succeeded
    client = made.client
    found = Operator(
        stack,
        lambda: connected(server.queue, client.certificate, client.key, made.roots),
        server.work,
    )
    found.instances_follow()
    assert found.promote(A) == f"make {build_of(A)} the current version in Temporal"
    assert found.work.begin() == build_of(A)
    return found


def test_the_old_instances_go_when_their_work_is_done(operator: Operator) -> None:
    assert operator.promote(B) == f"deploy {B} beside apex-worker-00001-rev"
    assert operator.pool.instances == 4
    assert operator.work.begin() == build_of(A)  # where all is as it was
    assert operator.lost == NOTHING_LOST

    assert operator.promote() == f"make {build_of(B)} the current version in Temporal"
    assert operator.work.begin() == build_of(B)
    for _ in range(2):
        with pytest.raises(OperationError, match="not yet: aaaaaaaaaaaa has open work") as error:
            operator.promote()
        assert error.value.exit is Exit.NOT_YET
        assert operator.lost == NOTHING_LOST
        operator.work.open.remove(build_of(A))
    told = operator.run().status()
    assert "stable     apex-worker-00001-rev  build aaaaaaaaaaaa: is done" in told
    assert "candidate  apex-worker-00002-rev  build bbbbbbbbbbbb: gets new workflows" in told

    assert operator.promote() == f"end the release: {B} has all instances"
    assert operator.pool.instances == 2
    assert operator.lost == NOTHING_LOST
    assert operator.promote() == "None"


def test_a_release_is_taken_back_and_nothing_is_lost(operator: Operator) -> None:
    operator.promote(B)
    operator.promote()
    operator.work.begin()
    with pytest.raises(OperationError, match=r"a release of .* is under way") as error:
        operator.promote(C)
    assert error.value.exit is Exit.BUSY

    assert operator.rollback() == f"make {build_of(A)} the current version in Temporal"
    assert operator.work.begin() == build_of(A)
    with pytest.raises(OperationError, match="not yet: bbbbbbbbbbbb has open workflows"):
        operator.rollback()
    assert operator.lost == NOTHING_LOST

    operator.work.open.remove(build_of(B))
    assert operator.rollback() == f"end the release: {A} has all instances"
    assert operator.pool.build == build_of(A)
    assert operator.lost == NOTHING_LOST
    assert operator.promote() == "None"
