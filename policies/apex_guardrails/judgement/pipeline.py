"""From a stack to its judgement: the one way that a preview, an audit, a cost and the engine take.

What settings say of the stack is read before its program runs, which could write the files.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from copy import copy
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Self

from apex_guardrails.cost import StackCost
from apex_guardrails.decide import Decision, decide
from apex_guardrails.judgement.circumstances import (
    Circumstances,
    Run,
    Source,
    folder_of,
    repository_root,
)
from apex_guardrails.model import (
    EnforcedRule,
    EnforcementLevel,
    Finding,
    Rule,
    SourcePosition,
    Stack,
)
from apex_guardrails.pack.rules import prove
from apex_guardrails.remedies import Remediation
from apex_guardrails.settings import (
    EVERYTHING,
    Baseline,
    Costing,
    HouseStyle,
    PolicyPackSettings,
    Record,
    Selection,
    SettingChange,
    Waivers,
    base_file,
    changes,
    enforce,
    is_checkovs,
    read_record,
    waivers_for,
    without_stack,
)
from apex_guardrails.sources.judged_project import stack_names
from apex_guardrails.sources.offline.property_lines import property_position

if TYPE_CHECKING:
    from apex_guardrails.checkov import Bridge
    from apex_guardrails.controls import RuleResult
    from apex_guardrails.judgement.making import Found
    from apex_guardrails.judgement.model import Judgement


@dataclass(frozen=True)
class RunResult:
    """What a run comes to.

    Attributes:
        judgement: the result.
        stack: what it is of.
        said: what each rule says of the stack.
        pipeline: how it came about.
        root: what paths in the judgement are seen from.
    """

    judgement: Judgement
    stack: Stack
    said: Sequence[RuleResult]
    pipeline: Pipeline
    root: Path


class Pipeline:
    """What settings say of one stack, and what its judgement is by them.

    Attributes:
        settings: what counts.
        stack: the stack's name.
        project: the folder with the `Pulumi.yaml`, if it is known.
        rules: every rule of the pack as it is in force, disabled ones too.
        costing: how the stack's cost is estimated.
        waivers: those for the stack, which remember what they covered.
        baseline: the record of what was wrong already.
        house_style: what the stack could be asked for besides.
        remediation: the remedies that settings ask for, and what differs for them.
    """

    def __init__(  # noqa: PLR0913 each is a fact of its own
        self,
        settings: PolicyPackSettings,
        stack: str,
        rules: Sequence[Rule],
        source: Source,
        *,
        project: Path | None = None,
        cost_base: Path | None = None,
        costing: Costing | None = None,
        record: Record | None = None,
        selection: Selection = EVERYTHING,
        left_out: Collection[str] = (),
        today: date | None = None,
    ) -> None:
        """Reads what the settings name: prices, what the stack cost before, and the baseline.

        Args:
            settings: what counts.
            stack: the stack's name.
            rules: all that there are.
            source: where the resources come from.
            project: the folder with the `Pulumi.yaml`, if it is known.
            cost_base: the file with what the stack cost before, instead of the settings'.
            costing: how the cost is estimated, instead of what the settings say.
            record: the baseline, instead of the one beside the settings.
            selection: what this run alone asks for.
            left_out: ids of rules that the source cannot be asked about.
            today: the day on which waivers count or have ended; the one that it is if left out.

        Raises:
            UsageError: a file is missing or not valid, or a rule that is asked for is off.
        """
        self.settings = settings
        self.project = project
        self.costing = costing or Costing(settings, stack, cost_base or base_file(settings, stack))
        self.stack = stack
        self._source = source
        self._selection = selection
        self._left_out = left_out
        self._today = today
        # Checkov judges offline alone: the engine shows its resources one by one.
        self._has_checkov = False
        self._by_settings = enforce(settings, rules, stack)
        self.house_style = HouseStyle(settings, selection.among(rules), stack)
        self.rules = self._asked()
        self._record = record or read_record(settings, project, rules)
        self.begin()

    def begin(self) -> None:
        """Makes what remembers what was found in one stack."""
        today = self._today or datetime.now(UTC).date()
        self.waivers = Waivers(waivers_for(self.settings, self.stack), today, self._is_asked)
        self.baseline = Baseline(self._record, self.stack, self._is_asked)
        self._estimated: Callable[[], StackCost] | None = None
        self.remediation = self._remedies()

    def configure(self, rules: Sequence[EnforcedRule]) -> None:
        """Takes rules as the engine's own configuration has them, which overrides the settings."""
        self._by_settings = rules
        self.rules = self._asked()
        self.remediation = self._remedies()

    def price(self, stack: Stack) -> Callable[[], StackCost]:
        """Gives the rules about cost what they judge: the estimate, once the stack is whole."""
        self._estimated = self.costing.of(stack)
        return self._estimated

    def decide(self, stack: Stack) -> Decision:
        """What the rules say of a whole stack, as it would be deployed with remedies applied.

        Raises:
            PackError: the pack fails its own cases.
        """
        self.remediation.apply(stack)
        self.price(stack)
        return decide(stack, self.rules, prove)

    def accepted(
        self, findings: Iterable[Finding], stack: Stack, theirs: Sequence[Finding] = ()
    ) -> list[Finding]:
        """The findings as waivers and the baseline leave them.

        Args:
            findings: ours: all of a stack, or all that some rules say of one resource.
            stack: what they are about.
            theirs: Checkov's.
        """
        waived: Iterable[Finding] = map(self.waivers.apply, findings)
        if theirs:
            from apex_guardrails.checkov import joined

            waived = joined(waived, map(self.waivers.apply, theirs))
        return self.baseline.apply(waived, self.waivers, stack.secret_config.redact)

    def judge(  # noqa: PLR0913 each is a fact of its own
        self,
        stack: Stack,
        decision: Decision,
        run: Run,
        *,
        bridge: Bridge | None = None,
        circumstances: Circumstances | None = None,
        in_full: bool | None = True,
        with_edits: bool = False,
    ) -> RunResult:
        """What a run comes to.

        Args:
            stack: what would be deployed.
            decision: what the rules said of it.
            run: what the source said beside.
            bridge: Checkov, where it is asked, too.
            circumstances: when and where it was; now and here if left out.
            in_full: whether the judgement has what a terminal does not show, see `make`; `None`
                where settings do not ask for reports.
            with_edits: whether findings have what to write in the program, in full or not.

        Raises:
            CheckovError: it did not do its work, and it is required.
        """
        if in_full is None:
            in_full = self.settings.reports.directory is not None
        # Nothing of it is needed before, and the engine waits for the pack to start.
        from apex_guardrails.checkov import CheckovResult
        from apex_guardrails.judgement.making import make

        verdict = CheckovResult() if bridge is None else bridge.judge(stack, self.rules)
        self._has_checkov = verdict.has_run
        # Of a part of a stack no cost is shown.
        outline = self.outline(stack, decision, verdict.findings, has_cost=run.is_complete)
        findings: Sequence[Finding] = [
            replace(finding, property_position=_property_position(stack, finding))
            for finding in outline.findings
        ]
        # No terminal shows them.
        if (in_full or with_edits) and self._source is Source.OFFLINE:
            findings = list(self._with_replacements(findings, stack))
        cost = outline.cost
        found = replace(
            outline,
            findings=findings,
            changes=self.changes(),
            output=run.output,
            notes=[
                *self.notes(),
                *(self.costing.compare(stack, cost) if cost else []),
                *run.notes,
                *verdict.notes,
                # What was not seen may be what a waiver is for.
                *(self.warnings(stack) if run.is_complete else []),
            ],
            not_evaluated=verdict.not_evaluated,
            program_errors=run.program_errors,
            is_complete=run.is_complete,
            remedied=self.remediation.all_differences(),
        )
        now = circumstances or Circumstances.now(self.project, self.settings, self._source)
        return RunResult(make(found, now, in_full=in_full), stack, found.said, self, now.root)

    def outline(
        self,
        stack: Stack,
        decision: Decision,
        theirs: Sequence[Finding] = (),
        *,
        has_cost: bool = True,
    ) -> Found:
        """What was found in a whole stack, without what a report of it alone says beside.

        Args:
            stack: what would be deployed.
            decision: what the rules said of it.
            theirs: Checkov's findings.
            has_cost: whether what it costs is asked for.
        """
        from apex_guardrails.controls import results
        from apex_guardrails.judgement.making import Found

        findings = self.accepted(decision.findings, stack, theirs)
        return Found(
            stack=stack,
            findings=sorted(findings, key=Finding.gravity),
            errors=decision.errors,
            reach=decision.reach(stack, self.rules),
            rules=self.rules,
            said=results(self.rules, stack, findings, decision),
            cost=self._estimated() if self._estimated and has_cost else None,
            baseline=self.baseline,
        )

    def anew(self) -> Self:
        """The same for another stack of that name: what was read of the settings holds for it."""
        other = copy(self)
        other.begin()
        return other

    def _with_replacements(self, findings: Iterable[Finding], stack: Stack) -> Iterator[Finding]:
        """The findings with what to write in the program, where that is certain."""
        # Languages' parsers, which few runs need.
        from apex_guardrails.judgement.patches import is_mendable, replacements_for

        rules = {item.rule.id: item for item in self.rules}
        root = repository_root(folder_of(self.project, self.settings))
        for finding in findings:
            found = replacements_for(finding, stack, rules, root) if is_mendable(finding) else ()
            yield replace(finding, replacements=found) if found else finding

    def notes(self) -> list[str]:
        """What a reader should know of the run, whatever the stack is."""
        return [
            *self.settings.notes,
            *self.own_prices(),
            *self._selection.notes(),
            *without_stack(self.settings, stack_names(self.project), self.stack),
        ]

    def warnings(self, stack: Stack) -> list[str]:
        """What to tell whoever keeps the settings, once a whole stack was judged."""
        return [
            *self.waivers.warnings(),
            # What could not be decided offline may be known elsewhere.
            *self.baseline.warnings(undecided=self._source is Source.OFFLINE),
            *self.house_style.advice(stack),
        ]

    def changes(self) -> list[SettingChange]:
        """What settings, options and the engine's configuration change of the pack's defaults."""
        return changes(
            self.settings,
            self.stack,
            self._by_settings,
            selection=self._selection,
            recorded=len(self.baseline.entries),
        )

    def own_prices(self) -> list[str]:
        """What to say of prices that are not the packaged ones."""
        path = self.costing.section.prices.path
        return [] if path is None else [f"prices in {path} take precedence over the packaged ones"]

    def _asked(self) -> list[EnforcedRule]:
        return [
            replace(item, level=EnforcementLevel.DISABLED)
            if item.rule.id in self._left_out
            else item
            for item in self._selection.apply(self._by_settings)
        ]

    def _remedies(self) -> Remediation:
        """What is set on the way to the cloud; what exists, or others deploy, is as it is."""
        remedies = self.rules if self._source.is_deployed_by_pack else ()
        return Remediation(remedies, self.waivers.apply, prove)

    def _is_asked(self, rule_id: str) -> bool:
        return (
            self._selection.takes(rule_id)
            and rule_id not in self._left_out
            and (self._has_checkov or not is_checkovs(rule_id))
        )


def _property_position(stack: Stack, finding: Finding) -> SourcePosition | None:
    """Where the program sets the property at fault; what it leaves out stands nowhere."""
    resource = stack.resources.get(finding.urn)
    if finding.property_position is not None:
        return finding.property_position
    if finding.position is None or resource is None or resource.peek(finding.path) is None:
        return None
    return property_position(finding.position, finding.path)
