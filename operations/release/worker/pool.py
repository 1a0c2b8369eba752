"""The worker pool as the stack's state has it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from infra.images import is_sample
from infra.worker_release import POOL, WorkerRelease, build_of, worker_release_of
from operations.errors import OperationError
from operations.service import resource, short

_TYPE = "gcp:cloudrunv2/workerPool:WorkerPool"


@dataclass(frozen=True)
class Pool:
    """The worker pool, as it was deployed last.

    Attributes:
        urn: The resource's URN.
        image: Of the newest revision, with its registry.
        newest: The newest revision that is ready.
        release: How the instances are shared out.
        instances: How many there are of all revisions together.
    """

    urn: str
    image: str
    newest: str
    release: WorkerRelease
    instances: int

    @property
    def build(self) -> str:
        """The newest revision's build id."""
        return build_of(self.image)

    @property
    def works(self) -> bool:
        """Whether there are workers that have work: any at all, and not of Google's sample."""
        return self.instances > 0 and not is_sample(self.image)

    def config(self) -> dict[str, str]:
        """The config keys with which it is what it is."""
        return config_of(self.image, self.release)


def config_of(image: str, release: WorkerRelease) -> dict[str, str]:
    """The config keys of a pool with an image, whose instances are shared out so."""
    return {"worker-image": image, "worker-stable-revision": release.stable}


def read_pool(resources: Sequence[Mapping[str, Any]]) -> Pool:
    """The worker pool among the resources of a state.

    Raises:
        OperationError: it is not there, or its instances are shared out in some way of somebody's.
    """
    pool = _found(resources)
    if pool is None:
        raise OperationError(f"{POOL} is not in the state: run pulumi up first")
    inputs = pool["inputs"]
    try:
        release = worker_release_of(inputs.get("instanceSplits") or [])
    except ValueError as error:
        raise OperationError(f"{POOL}: {error}; fix it with pulumi up") from None
    return Pool(
        urn=pool["urn"],
        image=inputs["template"]["containers"][0]["image"],
        newest=short(pool["outputs"]["latestReadyRevision"]),
        release=release,
        instances=int(inputs["scaling"].get("manualInstanceCount", 0)),
    )


def worker_of(resources: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """The config keys with which a deployment of something else leaves the workers alone.

    Returns:
        Nothing where no workers have work: then another image may be deployed at once.
    """
    if _found(resources) is None:
        return {}
    pool = read_pool(resources)
    return pool.config() if pool.works else {}


def _found(resources: Sequence[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    return resource(resources, _TYPE, f"::{POOL}")
