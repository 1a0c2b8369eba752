"""What a rule says about a resource."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from policies.model.policy import Rule


class Severity(enum.StrEnum):
    """How bad a violation is; the words of the Pulumi policy SDK."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"

    @property
    def rank(self) -> int:
        """0 for low to 3 for critical."""
        return list(Severity).index(self)


class EnforcementLevel(enum.StrEnum):
    """What a violation does to a deployment; the words of the Pulumi policy SDK."""

    DISABLED = "disabled"
    ADVISORY = "advisory"
    MANDATORY = "mandatory"

    def at_most(self, limit: EnforcementLevel) -> EnforcementLevel:
        """The milder of two levels."""
        return min(self, limit, key=list(EnforcementLevel).index)


class Outcome(enum.StrEnum):
    """What a rule says about one resource. A rule that does not apply says nothing."""

    PASSES = "passes"
    FAILS = "fails"
    UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True)
class SourcePosition:
    """Where the program registered a resource: a file's path, and a line counted from 1."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


@dataclass(frozen=True, slots=True)
class Complaint:
    """What a rule yields: something wrong with one resource, at a path of its inputs."""

    urn: str
    message: str
    path: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule that does not pass on a resource.

    `level` is what the finding does to the deployment: settings decide it, and for an undecided
    rule it is the level that settings give to "not known yet".
    """

    rule: Rule
    outcome: Outcome
    level: EnforcementLevel
    urn: str
    path: str
    message: str
    position: SourcePosition | None = None

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What makes it the same finding wherever the resources came from."""
        return (self.rule.id, self.urn, self.outcome.value, self.path)
