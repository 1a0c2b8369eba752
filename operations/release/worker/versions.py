"""The worker's builds as Temporal has them: which gets new work, and what the others still have."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from enum import Enum, auto


class Status(Enum):
    """What a build has to do (Temporal's documentation, "Worker Versioning", November 2026)."""

    UNUSED = auto()
    """It has polled, and never got any work."""
    ACTIVE = auto()
    """It gets work."""
    DRAINING = auto()
    """It gets no new workflows any more, and has open ones."""
    DRAINED = auto()
    """All its workflows are closed."""


@dataclass(frozen=True)
class Versions:
    """All builds of the worker that Temporal knows.

    Attributes:
        current: The one that new workflows begin on; `None` while there is none, and workers
            without a build id get them.
        statuses: Of each, by its build id.
        polling: Those whose workers have asked for work in the last minutes.
        token: Says which state of Temporal's this is.
    """

    current: str | None = None
    statuses: Mapping[str, Status] = field(default_factory=dict)
    polling: AbstractSet[str] = frozenset()
    token: bytes = b""

    def is_idle(self, build: str) -> bool:
        """Whether nothing is left of a build's work, so that its instances may go.

        One that Temporal does not know has no workflows that only it could go on with.
        """
        status = self.statuses.get(build, Status.UNUSED)
        return build != self.current and status in (Status.UNUSED, Status.DRAINED)
