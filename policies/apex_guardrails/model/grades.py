"""The words that grade a rule and what it says."""

from __future__ import annotations

import enum


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

    @property
    def level(self) -> EnforcementLevel:
        """What a violation does unless a rule says otherwise: what is critical or high blocks."""
        is_grave = self.rank >= Severity.HIGH.rank
        return EnforcementLevel.MANDATORY if is_grave else EnforcementLevel.ADVISORY


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
