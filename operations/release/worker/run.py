"""A release of the worker, one step at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from itertools import islice
from typing import Any, Protocol

from infra.worker_release import build_of
from operations.errors import Exit, OperationError
from operations.release.worker import steps
from operations.release.worker.pool import Pool, read_pool
from operations.release.worker.steps import Deploy, Step
from operations.release.worker.versions import Status, Versions
from operations.service import read_service
from operations.stack import OperatedStack

_REMEMBERED = 200  # deployments that are looked through for the image before


class Builds(Protocol):
    """Temporal, as far as a release asks it."""

    def versions(self) -> Versions:
        """Which builds there are."""
        ...

    def make_current(self, build: str, seen: Versions) -> None:
        """Lets new workflows begin on a build."""
        ...


class WorkerReleaseRun:
    """The release of a stack's worker: reads where it is, and takes it a step further or back."""

    def __init__(
        self,
        stack: OperatedStack,
        temporal: Callable[[], AbstractContextManager[Builds]],
        say: Callable[[str], None],
    ) -> None:
        self._stack = stack
        self._temporal = temporal
        self._say = say

    def status(self) -> str:
        """Where the release is, in words.

        Raises:
            OperationError: that cannot be read.
        """
        pool = self._pool()
        with self._seen() as (_, versions):
            if not pool.release.is_under_way:
                stable = pool.build
                lines = [
                    f"no release is under way: {pool.newest} of {pool.image} has all instances",
                    f"  {_told(versions, pool.build)}",
                ]
            else:
                stable = build_of(self._settled()[0])
                lines = [
                    f"a release of {pool.image} is under way",
                    f"  stable     {pool.release.stable}  {_told(versions, stable)}",
                    f"  candidate  {pool.newest}  {_told(versions, pool.build)}",
                ]
        if versions.current not in (None, pool.build, stable):
            lines.append(f"Temporal's current version {versions.current} has no instances")
        return "\n".join(lines)

    def forward(self, image: str | None) -> Step | None:
        """What `promote` would do next; nothing changes.

        Args:
            image: What is released; `None` for what is under way, or else for what the config has.

        Returns:
            The step; `None` where the image does everything already.

        Raises:
            OperationError: it cannot be done, or not yet.
        """
        pool = self._pool()
        if self._is_done(pool, image):
            return None
        with self._seen() as (_, versions):
            return self._forward(pool, versions, image)

    def back(self) -> Step:
        """What `rollback` would do next; nothing changes.

        Raises:
            OperationError: there is nothing to take back, or not yet.
        """
        pool = self._pool()
        with self._seen() as (_, versions):
            return self._back(pool, versions)

    def promote(self, image: str | None, *, undrained: bool = False) -> Step | None:
        """Takes a release one step further; see `forward`.

        Args:
            image: As in `forward`.
            undrained: Whether the old instances may go though workflows of theirs are open.

        Raises:
            OperationError: it cannot be done, or not yet; nothing changed.
        """
        pool = self._pool()
        if self._is_done(pool, image):
            return None
        with self._seen() as (temporal, versions):
            step = self._forward(pool, versions, image, undrained=undrained)
            if step is not None:
                self._do(step, pool, temporal, versions)
            return step

    def rollback(self) -> Step:
        """Takes a release one step back; see `back`. The last one is a deployment.

        Raises:
            OperationError: it cannot be done, or not yet; nothing changed.
        """
        pool = self._pool()
        with self._seen() as (temporal, versions):
            step = self._back(pool, versions)
            self._do(step, pool, temporal, versions)
            return step

    @contextmanager
    def _seen(self) -> Iterator[tuple[Builds, Versions]]:
        with self._temporal() as temporal:
            yield temporal, temporal.versions()

    def _pool(self) -> Pool:
        return read_pool(self._stack.resources())

    def _forward(
        self, pool: Pool, versions: Versions, image: str | None, *, undrained: bool = False
    ) -> Step | None:
        image = self._image(pool, image)
        return steps.forward(pool, versions, image, self._settled()[0], undrained=undrained)

    def _image(self, pool: Pool, image: str | None) -> str:
        if image is not None:
            return image
        configured = self._stack.config("worker-image")
        is_another = pool.release.is_under_way and build_of(configured) != pool.build
        return pool.image if is_another else configured

    def _is_done(self, pool: Pool, image: str | None) -> bool:
        """Whether an image runs, and does no work that Temporal would have to know of."""
        if build_of(self._image(pool, image)) == pool.build:
            return not pool.works
        self._check(pool)
        return False

    def _back(self, pool: Pool, versions: Versions) -> Step:
        settled = self._settled()
        if not pool.release.is_under_way:
            before = [image for image in settled if build_of(image) != pool.build]
            raise OperationError(
                "no release is under way. What it was before can be released again: "
                f"scripts/release worker promote --image {before[0] if before else 'IMAGE'}"
            )
        return steps.back(pool, versions, settled[0])

    def _check(self, pool: Pool) -> None:
        if self._stack.config("worker-autoscaled") == "true":
            raise OperationError(
                "worker-autoscaled: the stack does not set the number of instances, so nothing "
                "ensures that two revisions have some. Set it to false until the release has ended"
            )
        if not pool.instances:
            raise OperationError(
                f"stack {self._stack.name} has no workers: there is nothing to drain. Deploy the "
                "image with pulumi up"
            )

    def _settled(self) -> list[str]:
        """The images that were deployed without a release under way, the last one first."""
        found = [
            update.config["worker-image"]
            for update in islice(self._stack.history(), _REMEMBERED)
            if update.succeeded and not update.config.get("worker-stable-revision")
        ]
        if not found:
            raise OperationError(
                f"stack {self._stack.name} has no deployment without a release: run pulumi up"
            )
        return found

    def _do(self, step: Step, pool: Pool, temporal: Builds, seen: Versions) -> None:
        """Does a step, unless somebody else has moved the release in the meantime."""
        resources = self._stack.resources()
        if read_pool(resources) != pool:
            raise OperationError("somebody else has moved the release in the meantime", Exit.BUSY)
        self._say(f"{step}")
        if not isinstance(step, Deploy):
            temporal.make_current(step.build, seen)
            return
        with self._stack.read_again(pool.urn):
            self._stack.deploy(step.config() | _api_of(resources))


def _api_of(resources: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """The config keys with which a deployment of the worker leaves the API alone."""
    service = read_service(resources)
    return service.config() if service else {}


def _told(versions: Versions, build: str) -> str:
    if build == versions.current:
        return f"build {build}: gets new workflows"
    words = {
        None: "not known to Temporal",
        Status.UNUSED: "has no workflows",
        Status.ACTIVE: "gets some of the new workflows",
        Status.DRAINING: "has open workflows",
        Status.DRAINED: "is done",
    }
    return f"build {build}: {words[versions.statuses.get(build)]}"
