"""What a release of the worker does next. Pure: the pool and Temporal's builds in, a step out."""

from __future__ import annotations

from dataclasses import dataclass

from infra.worker_release import WorkerRelease, build_of
from operations.errors import Exit, OperationError
from operations.release.worker.pool import Pool, config_of
from operations.release.worker.versions import Versions


@dataclass(frozen=True)
class Deploy:
    """A deployment.

    Attributes:
        image: Of the newest revision afterwards.
        release: How the instances are shared out afterwards.
    """

    image: str
    release: WorkerRelease

    def config(self) -> dict[str, str]:
        """The config keys that it sets."""
        return config_of(self.image, self.release)

    def __str__(self) -> str:
        if self.release.is_under_way:
            return f"deploy {self.image} beside {self.release.stable}"
        return f"end the release: {self.image} has all instances"


@dataclass(frozen=True)
class Route:
    """New workflows begin on another build; those that are open stay where they are.

    Attributes:
        build: Its build id; empty for workers that have none.
    """

    build: str

    def __str__(self) -> str:
        if not self.build:
            return "have no current version in Temporal: workers without a build id get the work"
        return f"make {self.build} the current version in Temporal"


Step = Deploy | Route


def forward(
    pool: Pool, versions: Versions, image: str, settled: str, *, undrained: bool = False
) -> Step | None:
    """The step that takes an image further; `None` where it does everything already.

    Args:
        pool: The worker pool as it is.
        versions: Temporal's builds.
        image: What is released, as the config names it.
        settled: What was deployed last without a release under way: the stable revision's image.
        undrained: Whether the old instances may go though workflows of theirs are open.

    Raises:
        OperationError: it is too early, or another image is being released.
    """
    build = build_of(image)
    if not pool.release.is_under_way:
        if build == pool.build:
            return None if versions.current == build else _to(build, versions)
        if build_of(settled) != pool.build:
            raise OperationError(f"the last deployment left {pool.image}: run pulumi up first")
        return Deploy(image, WorkerRelease(pool.newest))
    if build != pool.build:
        raise OperationError(
            f"a release of {pool.image} is under way: promote it to its end, or roll it back "
            f"before {image} is released",
            Exit.BUSY,
        )
    if pool.newest == pool.release.stable:
        raise OperationError(
            f"the new revision is not ready: {pool.newest} is the newest one still. "
            "Run the command again, or roll back"
        )
    if versions.current != build:
        return _to(build, versions)
    if not undrained:
        _pass(versions, build_of(settled))
    return Deploy(image, WorkerRelease())


def back(pool: Pool, versions: Versions, settled: str) -> Step:
    """The step that takes a release back; the last one ends it as if it had not been.

    Args:
        pool: The worker pool, with a release under way.
        versions: Temporal's builds.
        settled: The stable revision's image, as the config names it.

    Raises:
        OperationError: it is too early.
    """
    stable = build_of(settled)
    before = stable if stable in versions.statuses else None
    if versions.current != before:
        return Route(before or "")
    _pass(versions, pool.build)
    return Deploy(settled, WorkerRelease())


def _to(build: str, versions: Versions) -> Route:
    if build not in versions.polling:
        raise OperationError(f"not yet: no worker of build {build} asks for work", Exit.NOT_YET)
    return Route(build)


def _pass(versions: Versions, build: str) -> None:
    if not versions.is_idle(build):
        raise OperationError(
            f"not yet: {build} has open workflows, and its instances stay until they are closed",
            Exit.NOT_YET,
        )
