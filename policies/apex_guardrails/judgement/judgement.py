"""What every report shows: the stack, the findings, and how the judgement came about."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from apex_guardrails.cost import StackCost
from apex_guardrails.decide import Decision
from apex_guardrails.judgement.circumstances import Circumstances
from apex_guardrails.model import (
    EnforcedRule,
    EnforcementLevel,
    Finding,
    Outcome,
    Reach,
    Resource,
    Stack,
)
from apex_guardrails.model.phrases import counted
from apex_guardrails.model.reach import NO_RULE, NOTHING
from apex_guardrails.settings import COST, Baseline, Change, PolicyPackSettings, Waivers
from apex_guardrails.support.errors import ExitCode


@dataclass(frozen=True)
class Report:
    """A judgement, ready to be shown.

    Attributes:
        stack: what would be deployed.
        decision: what the rules said.
        circumstances: when, where and by which settings it was judged.
        output: what the program printed.
        notes: what a reader should know.
        program_errors: why the program cannot be deployed, whatever the rules say.
        is_complete: whether everything the program would deploy was seen.
        rules: every rule of the pack as it is in force on the stack, disabled ones too.
        cost: what the stack would cost.
        checkov_missed: what Checkov could not look at, and why.
        waivers: those that were applied.
        baseline: the record of what was wrong already, as it was applied.
        changes: what settings and options change of the pack's defaults, in order.
    """

    stack: Stack
    decision: Decision
    circumstances: Circumstances
    output: Sequence[str] = ()
    notes: Sequence[str] = ()
    program_errors: Sequence[str] = ()
    is_complete: bool = True
    rules: Sequence[EnforcedRule] = ()
    cost: StackCost | None = None
    checkov_missed: Sequence[str] = ()
    waivers: Waivers = field(default_factory=lambda: Waivers((), date.min))
    baseline: Baseline = field(default_factory=Baseline)
    changes: Sequence[Change] = ()

    @property
    def settings(self) -> PolicyPackSettings:
        """What counted."""
        return self.circumstances.settings

    @cached_property
    def reach(self) -> Reach:
        """What of the stack was judged."""
        return self.decision.reach(self.stack, self.rules)

    @property
    def not_judged(self) -> list[str]:
        """What a rule or Checkov could not look at, and why."""
        return [*self.reach.lines(), *self.checkov_missed]

    @property
    def remarks(self) -> list[str]:
        """What a reader should know: the notes, and what is known of the resources."""
        return [*self.reach.notes(), *self.notes]

    @property
    def assumes(self) -> Sequence[str]:
        """What settings price at next to nothing; of a part of a stack no cost is shown."""
        return self.cost.assumes if self.cost is not None and self.is_complete else ()

    @property
    def resources(self) -> list[Resource]:
        """What would be deployed: no components, no providers, not the stack itself."""
        return list(self.stack.deployed())

    def by_component(self) -> dict[str, Counter[str]]:
        """How many resources of each type each component holds, by the component's name.

        Sorted, as programs register in no fixed order; "" are resources in none.
        """
        counts: dict[str, Counter[str]] = {}
        for resource in self.resources:
            parent = self.stack.resources.get(resource.parent)
            is_component = parent is not None and not parent.type.token.startswith("pulumi:")
            name = parent.name if parent is not None and is_component else ""
            counts.setdefault(name, Counter())[resource.type.token] += 1
        return dict(sorted(counts.items()))

    def component_type(self, name: str) -> str:
        """The type of a component; "" for none."""
        return next(
            (item.type.token for item in self.stack if item.name == name and not item.custom), ""
        )

    def blocking(self) -> list[Finding]:
        """The findings that stop the deployment, the worst first."""
        return self._at(EnforcementLevel.MANDATORY)

    def advice(self) -> list[Finding]:
        """The findings that do not, the worst first; neither waived nor known ones."""
        return [
            item
            for item in self._at(EnforcementLevel.ADVISORY)
            if item.waiver is None and item.known_since is None
        ]

    def waived(self) -> list[Finding]:
        """The findings that somebody answers for, the worst first."""
        return [item for item in self.decision.sorted_findings() if item.waiver is not None]

    def known(self) -> list[Finding]:
        """The findings that the baseline has recorded, the worst first."""
        return [item for item in self.decision.sorted_findings() if item.known_since is not None]

    def _at(self, level: EnforcementLevel) -> list[Finding]:
        return [item for item in self.decision.sorted_findings() if item.level is level]

    @property
    def is_allowed(self) -> bool:
        """Whether the stack may be deployed."""
        return self.decision.is_allowed and self.is_complete and not self.program_errors

    @property
    def is_about_nothing(self) -> bool:
        """Whether nothing is wrong and nothing was judged, which is no verdict on the stack."""
        return self.is_allowed and not self.reach.judged

    @property
    def is_over_budget(self) -> bool:
        """Whether a limit of its cost, and nothing else, keeps the stack from being deployed."""
        blocking = self.blocking()
        # What cannot be told is no limit that is exceeded.
        return any(item.outcome is Outcome.FAILS for item in blocking) and all(
            item.rule.service == COST for item in blocking
        )

    @property
    def exit_code(self) -> ExitCode:
        """What `apex` ends with after this judgement."""
        if self.decision.errors:
            return ExitCode.PACK_FAILED
        if self.program_errors or not self.is_complete:
            return ExitCode.PROGRAM_FAILED
        if self.is_over_budget:
            return ExitCode.OVER_BUDGET
        return ExitCode.OK if self.is_allowed else ExitCode.VIOLATION

    def summary(self) -> str:
        """The judgement in one line."""
        waived, known = len(self.waived()), len(self.known())
        findings = [*self.blocking(), *self.advice()]
        fails = sum(finding.outcome is Outcome.FAILS for finding in findings)
        undecided = len(findings) - fails
        in_force = sum(item.level is not EnforcementLevel.DISABLED for item in self.rules)
        parts = [
            counted(in_force, "rule"),
            counted(fails, "violation"),
            f"{undecided} undecided",
            *([f"{waived} waived"] if waived else []),
            *([f"{known} known"] if known else []),
        ]
        counts = self.reach.counts()
        separator = "; " if ";" in counts else ", "
        return f"{self._sentence()} ({counts}{separator}{', '.join(parts)})"

    def _sentence(self) -> str:
        """The judgement without its numbers; what no rule is about is not said to be in order."""
        name = self.stack.name
        if self.is_about_nothing:
            return f"{name} {NOTHING if self.reach.is_empty else NO_RULE}"
        return f"{name} {self._words()}"

    def _words(self) -> str:
        if self.decision.errors:
            return "not judged: a rule failed"
        if self.program_errors or not self.is_complete:
            return "not judged completely: the program failed"
        # What a state describes is deployed already.
        words = ("be deployed", "may") if self.stack.has_config else ("in order", "is")
        if self.is_allowed:
            return f"{words[1]} {words[0]}"
        blocking = counted(len(self.blocking()), "mandatory finding")
        return f"{words[1]} not {words[0]}: {blocking}"


def component_names(stack: Stack) -> dict[str, str]:
    """The names of the program's components, by URN."""
    return {
        resource.urn: resource.name
        for resource in stack
        if not resource.custom and not resource.type.token.startswith("pulumi:")
    }
