"""The worker pool as the stack's state has it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from infra.worker_release import WorkerRelease, build_of, worker_release_of
from operations.errors import OperationError
from operations.service import resource

_TYPE = "gcp:cloudrunv2/workerPool:WorkerPool"
POOL = "apex-worker"
"""The pool's name."""


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


def read_pool(resources: Sequence[Mapping[str, Any]]) -> Pool:
    """The worker pool among the resources of a state.

    Raises:
        OperationError: it is not there, or its instances are shared out in some way of somebody's.
    """
    pool = resource(resources, _TYPE, f"::{POOL}")
    if pool is None:
        raise OperationError(f"{POOL} is not in the state: run pulumi up first")
    inputs = pool["inputs"]
    try:
        release = worker_release_of(inputs.get("instanceSplits") or [])
    except ValueError as error:
        raise OperationError(f"{POOL}: {error}; mend it with pulumi up") from None
    return Pool(
        urn=pool["urn"],
        image=inputs["template"]["containers"][0]["image"],
        newest=pool["outputs"]["latestReadyRevision"],
        release=release,
        instances=int(inputs["scaling"].get("manualInstanceCount", 0)),
    )
