"""What a release does next. Pure: the service as it is, in; the config that the step sets, out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto

from infra.release import Release
from operations.errors import Exit, OperationError
from operations.service import Service

_ALL = 100  # per cent


class Kind(Enum):
    """What a step does."""

    BEGIN = auto()
    """A new revision, which nobody is sent to."""
    SHIFT = auto()
    """More of the requests go to it."""
    FINISH = auto()
    """It serves everything, and the old one goes cold."""
    WITHDRAW = auto()
    """All requests go back to the old revision, which is warm."""
    RESTORE = auto()
    """The old image is the newest revision again."""


@dataclass(frozen=True)
class Step:
    """One deployment of a release.

    Attributes:
        image: Of the newest revision afterwards.
        release: How the requests are shared out afterwards.
    """

    kind: Kind
    image: str
    release: Release

    def config(self) -> dict[str, str]:
        """The config keys that it sets."""
        return {
            "api-image": self.image,
            "api-stable-revision": self.release.stable,
            "api-candidate-revision": self.release.candidate,
            "api-candidate-percent": str(self.release.percent),
        }

    def __str__(self) -> str:
        match self.kind:
            case Kind.BEGIN:
                return f"deploy {self.image} as the candidate, with 0 % of the requests"
            case Kind.SHIFT:
                return f"send {self.release.percent} % of the requests to {self.release.candidate}"
            case Kind.FINISH:
                return f"end the release: {self.image} serves everything"
            case Kind.WITHDRAW:
                return f"send all requests back to {self.release.stable}"
            case Kind.RESTORE:
                return f"deploy {self.image} again, and end the release"


def forward(service: Service, image: str, percentages: Sequence[int]) -> Step | None:
    """The step that takes an image further; `None` where it serves everything already.

    Args:
        service: The service as it is.
        image: What is released, as the config names it.
        percentages: What the candidate gets, rising up to 100.

    Raises:
        OperationError: another image is being released.
    """
    release = service.release
    if not release.is_under_way:
        if service.runs(image):
            return None
        return Step(Kind.BEGIN, image, Release(stable=service.newest))
    if not service.runs(image):
        raise OperationError(
            f"a release of {service.image} is under way: promote it to its end, or roll it back "
            f"before {image} is released",
            Exit.NOT_YET,
        )
    if release.percent == _ALL:
        return Step(Kind.FINISH, image, Release())
    percent = next(percent for percent in (*percentages, _ALL) if percent > release.percent)
    candidate = release.candidate or service.newest
    if candidate == release.stable:
        raise OperationError(
            f"the candidate is not ready: {service.newest} is the newest revision still. "
            "Run the command again, or roll back"
        )
    return Step(Kind.SHIFT, image, Release(release.stable, candidate, percent))


def back(service: Service, image: str) -> list[Step]:
    """The steps that end a release as if it had not been.

    Args:
        service: The service, with a release under way.
        image: What the stable revision is of, as the config names it.
    """
    release = service.release
    steps = [Step(Kind.RESTORE, image, Release())]
    if release.percent:
        withdrawn = Release(release.stable, release.candidate, 0)
        steps.insert(0, Step(Kind.WITHDRAW, service.image, withdrawn))
    return steps
