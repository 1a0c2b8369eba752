"""What a release does next. Pure: the service as it is, in; the config that the step sets, out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto

from infra.release import ALL, Release
from operations.errors import Exit, OperationError
from operations.service import Service, config_of, is_same


class Kind(Enum):
    """What a step does."""

    BEGIN = auto()
    """The program is deployed, with a new revision that gets no requests."""
    SHIFT = auto()
    """More of the requests go to it."""
    FINISH = auto()
    """The newest revision serves everything, and the old one goes cold."""
    WITHDRAW = auto()
    """All requests go back to the old revision, which is warm."""
    RESTORE = auto()
    """The old image is the newest revision again."""


TRAFFIC_ALONE = (Kind.SHIFT, Kind.FINISH, Kind.WITHDRAW)
"""Steps that make no revision."""


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
        return {"api-image": self.image, **config_of(self.release)}

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
                return f"deploy {self.image} again"


def forward(service: Service, image: str, percentages: Sequence[int]) -> Step | None:
    """The step that takes an image further; `None` where it serves everything already.

    Args:
        service: The service as it is.
        image: What is released, as the config names it.
        percentages: What the candidate gets, rising up to 100.

    Raises:
        OperationError: another image is being released, or its newest revision is not the
            candidate's, or cannot serve.
    """
    release = service.release
    if not release.is_under_way:
        return None if service.runs(image) else begin(service, image)
    if not service.runs(image):
        raise OperationError(
            f"a release of {service.image} is under way: promote it to its end, or roll it back, "
            f"before {image} is released",
            Exit.BUSY,
        )
    candidate = release.candidate or service.created
    if not service.is_ready or candidate == release.stable:
        raise OperationError(
            f"the candidate {service.created} does not serve yet. Look at its log, then run the "
            "command again, or roll back"
        )
    if candidate != service.created:
        raise OperationError(
            f"{service.created} is newer than the candidate {candidate}: somebody deployed during "
            "the release. Roll back, and release again",
            Exit.BUSY,
        )
    if release.percent == ALL:
        return Step(Kind.FINISH, image, Release())
    percent = next(percent for percent in (*percentages, ALL) if percent > release.percent)
    return Step(Kind.SHIFT, image, Release(release.stable, candidate, percent))


def begin(service: Service, image: str) -> Step:
    """The step that makes an image the candidate."""
    return Step(Kind.BEGIN, image, Release(stable=service.ready))


def back(service: Service, settled: Sequence[str]) -> list[Step]:
    """The steps that take back a release or, where none is under way, the last one.

    The old revision keeps its requests by name until the one that takes its place can serve: the
    newest revision that can is otherwise the one that is taken back.

    Args:
        service: The service as it is.
        settled: The images that served everything, the last one first.

    Raises:
        OperationError: there is no image to go back to.
    """
    release = service.release
    # Without a release the last one serves, even if the deployment of another was interrupted.
    images = (
        settled if release.is_under_way else [it for it in settled if not is_same(it, settled[0])]
    )
    if not images:
        raise OperationError(
            "there is no deployment of another image to go back to. Release one: "
            "scripts/release promote --image IMAGE"
        )
    image = images[0]
    if not release.is_under_way:
        return [Step(Kind.RESTORE, image, Release())]
    steps = []
    if release.percent:
        withdrawn = Release(release.stable, release.candidate)
        steps.append(Step(Kind.WITHDRAW, service.image, withdrawn))
    if not (is_same(service.image, image) and service.is_ready and not release.candidate):
        steps.append(Step(Kind.RESTORE, image, Release(release.stable)))
    return [*steps, Step(Kind.FINISH, image, Release())]
