"""How a worker pool's instances are shared out between two revisions while a release is under way.

Without anything of Pulumi or Google Cloud: the program builds the pool from it, and the release
command reads it back from the stack's state.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NotRequired, TypedDict

from infra.release import Release

POOL = "apex-worker"
"""The worker pool's name, but for the prefix; with it, also what Temporal calls the workers of all
builds together (its "Worker Deployment")."""

_LATEST = "INSTANCE_SPLIT_ALLOCATION_TYPE_LATEST"
_REVISION = "INSTANCE_SPLIT_ALLOCATION_TYPE_REVISION"
_DIGITS = 12  # of a digest, which are enough to tell images apart


class Split(TypedDict):
    """How many of 100 instances are of a revision, as the provider has it."""

    type: str
    revision: NotRequired[str]
    percent: int


@dataclass(frozen=True)
class WorkerRelease:
    """Which revisions have instances.

    Attributes:
        stable: The revision that has as many as the newest one. Empty while no release is under
            way: the newest revision has all of them.

    Raises:
        ValueError: that is no revision's name.
    """

    stable: str = ""

    def __post_init__(self) -> None:
        Release(self.stable)

    @property
    def is_under_way(self) -> bool:
        """Whether two revisions have instances."""
        return bool(self.stable)

    def instances(self, each: int) -> int:
        """How many instances there are of both revisions together.

        Args:
            each: How many one revision has, which is enough for all the work.
        """
        return 2 * each if self.stable else each

    def splits(self) -> list[Split]:
        """How the instances are shared out."""
        if not self.stable:
            return [{"type": _LATEST, "percent": 100}]
        return [
            {"type": _REVISION, "revision": self.stable, "percent": 50},
            {"type": _LATEST, "percent": 50},
        ]


def worker_release_of(splits: Sequence[Mapping[str, Any]]) -> WorkerRelease:
    """The release that a pool's instances show.

    Raises:
        ValueError: nothing of ours has shared them out like this.
    """
    release = WorkerRelease(next((str(it["revision"]) for it in splits if it.get("revision")), ""))
    found = [{key: value for key, value in split.items() if value} for split in splits]
    if splits and found != release.splits():
        raise ValueError("its instances are shared out in a way that no release does")
    return release


def build_of(image: str) -> str:
    """The build id that Temporal knows an image's workers by: its digest's beginning, or its tag.

    Args:
        image: As the config names it, or with its registry.
    """
    name, _, digest = image.partition("@sha256:")
    if digest:
        return digest[:_DIGITS]
    _, _, tag = name.rpartition("/")[2].partition(":")
    return tag or "latest"
