"""How a service's requests are shared out between two revisions while a release is under way.

Without anything of Pulumi or Google Cloud: the program builds a service's traffic from it, and the
release command reads it back from the stack's state.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NotRequired, TypedDict

ALL = 100
"""Per cent of the requests."""
CANDIDATE = "candidate"
"""The tag of the revision that is being released: it has an address of its own by it."""
REVISION_HEADER = "X-Apex-Revision"
"""Behind a load balancer, requests with this header and that tag in it go to that revision."""
STABLE = "stable"
"""The tag of the other one, which keeps its instances warm when it gets no requests any more."""

_LATEST = "TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST"
_REVISION = "TRAFFIC_TARGET_ALLOCATION_TYPE_REVISION"
# Cloud Run API v2, "RevisionTemplate.revision": a name by RFC 1035 of at most 63 characters.
_NAME = re.compile(r"[a-z]([a-z0-9-]{0,61}[a-z0-9])?")


class Target(TypedDict):
    """Where some of the requests go, as the provider has it. Zeros are left out, as by the API."""

    type: str
    revision: NotRequired[str]
    percent: NotRequired[int]
    tag: NotRequired[str]


@dataclass(frozen=True)
class Release:
    """Which revisions there are, and how many of 100 requests the new one gets.

    Attributes:
        stable: The revision that serves what the candidate does not. Empty while no release is
            under way: the newest revision serves everything.
        candidate: The revision that is released. Empty while it is being made: it is the newest.
        percent: What the candidate gets, 0 to 100.

    Raises:
        ValueError: they contradict one another; says how.
    """

    stable: str = ""
    candidate: str = ""
    percent: int = 0

    def __post_init__(self) -> None:
        for name in filter(None, (self.stable, self.candidate)):
            if not _NAME.fullmatch(name):
                raise ValueError(f"{name!r} is no revision's name")
        if not 0 <= self.percent <= ALL:
            raise ValueError(f"{self.percent} is not between 0 and 100")
        if self.candidate and not self.stable:
            raise ValueError("is the candidate, and there is no stable revision to go back to")
        if self.candidate and self.candidate == self.stable:
            raise ValueError(f"{self.candidate} is both the candidate and the stable revision")
        if self.percent and not self.candidate:
            raise ValueError(f"there is no candidate to get {self.percent} %")

    @property
    def is_under_way(self) -> bool:
        """Whether two revisions share the requests, or will."""
        return bool(self.stable)

    def traffic(self) -> list[Target]:
        """Where the service's requests go."""
        if not self.stable:
            return [{"type": _LATEST, "percent": ALL}]
        return [
            _target(self.stable, ALL - self.percent, STABLE),
            _target(self.candidate, self.percent, CANDIDATE),
        ]


def _target(revision: str, percent: int, tag: str) -> Target:
    target = Target(type=_REVISION if revision else _LATEST)
    if revision:
        target["revision"] = revision
    if percent:
        target["percent"] = percent
    return target | {"tag": tag}


def release_of(traffic: Sequence[Mapping[str, Any]]) -> Release:
    """The release that a service's traffic shows.

    Raises:
        ValueError: nothing of ours has shared out the requests like this.
    """
    targets = {str(target.get("tag") or ""): target for target in traffic}
    stable, candidate = targets.get(STABLE, {}), targets.get(CANDIDATE, {})
    release = Release(
        stable=str(stable.get("revision") or ""),
        candidate=str(candidate.get("revision") or ""),
        percent=int(candidate.get("percent") or 0),
    )
    found = [{key: value for key, value in target.items() if value} for target in traffic]
    if traffic and sorted(found, key=_tag) != sorted(release.traffic(), key=_tag):
        raise ValueError("its requests are shared out as no release does it")
    return release


def _tag(target: Mapping[str, Any]) -> str:
    return str(target.get("tag") or "")


def percentages(text: str) -> tuple[int, ...]:
    """Reads the percentages that a candidate gets, one after the other: `10,50,100`.

    Raises:
        ValueError: they do not rise up to 100; says so in words that go on after the text.
    """
    if not re.fullmatch(r"\d{1,3}(,\d{1,3})*", text, re.ASCII):
        raise ValueError("is no list of percentages")
    found = tuple(map(int, text.split(",")))
    if sorted({0, *found}) != [0, *found] or found[-1] != ALL:
        raise ValueError("does not rise from above 0 up to 100")
    return found
