"""The result of an estimate alone: what a stack costs, and where that is more than it may."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from apex_guardrails.cost import StackCost
from apex_guardrails.cost.difference import Difference
from apex_guardrails.cost.document import CostDocument
from apex_guardrails.model import CostLimits, EnforcementLevel, Finding, Outcome
from apex_guardrails.support.errors import ExitCode


@dataclass(frozen=True)
class CostReport:
    """What is shown of an estimate.

    Attributes:
        document: the estimate.
        cost: the same, as it was estimated.
        limits: what the stack may cost.
        findings: where it costs more, with the waivers applied.
        settings: the settings file and its hash.
        notes: what a reader should know.
        base: what it is compared with.
        differences: what differs from that.
    """

    document: CostDocument
    cost: StackCost
    limits: CostLimits
    findings: Sequence[Finding]
    settings: str
    notes: Sequence[str] = ()
    base: CostDocument | None = None
    differences: Sequence[Difference] = ()

    @property
    def exit_code(self) -> ExitCode:
        """What `apex cost` ends with: a limit that is exceeded counts before one that may be."""
        blocking = [item for item in self.findings if item.level is EnforcementLevel.MANDATORY]
        if any(item.outcome is Outcome.FAILS for item in blocking):
            return ExitCode.OVER_BUDGET
        return ExitCode.VIOLATION if blocking else ExitCode.OK
