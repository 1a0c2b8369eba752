"""From a stack to its judgement: the one way that a preview, an audit, a cost and the engine take.

What settings say of the stack is read before its program runs, which could write the files.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from apex_guardrails.cost import StackCost
from apex_guardrails.decide import Decision, Evaluator, decide
from apex_guardrails.judgement.circumstances import Circumstances, Run, Source
from apex_guardrails.model import (
    EnforcedRule,
    EnforcementLevel,
    Finding,
    Rule,
    SourcePosition,
    Stack,
)
from apex_guardrails.settings import (
    COST,
    EVERYTHING,
    Baseline,
    Change,
    Costing,
    PolicyPackSettings,
    Record,
    Selection,
    Waivers,
    advice,
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
from apex_guardrails.support.errors import PackError

if TYPE_CHECKING:
    from apex_guardrails.checkov import Bridge
    from apex_guardrails.judgement.cost import CostReport
    from apex_guardrails.judgement.judgement import Report


class Pipeline:
    """What settings say of one stack, and what its judgement is by them.

    Attributes:
        settings: what counts.
        project: the folder with the `Pulumi.yaml`, if it is known.
        rules: every rule of the pack as it is in force, disabled ones too.
        costing: how the stack's cost is estimated.
        waivers: those for the stack, which remember what they covered.
        baseline: the record of what was wrong already.
    """

    def __init__(  # noqa: PLR0913 each is a fact of its own
        self,
        settings: PolicyPackSettings,
        stack: str,
        rules: Iterable[Rule],
        source: Source,
        *,
        costing: Costing,
        record: Record | None = None,
        project: Path | None = None,
        selection: Selection = EVERYTHING,
        left_out: Collection[str] = (),
    ) -> None:
        """Takes what was read; `prepare` reads it.

        Args:
            settings: what counts.
            stack: the stack's name.
            rules: all that there are.
            source: where the resources come from.
            costing: how the stack's cost is estimated.
            record: the baseline's file.
            project: the folder with the `Pulumi.yaml`, if it is known.
            selection: what this run alone asks for.
            left_out: ids of rules that the source cannot be asked about.
        """
        self.settings = settings
        self.project = project
        self.costing = costing
        self._stack = stack
        self._source = source
        self._selection = selection
        self._left_out = left_out
        # Checkov judges offline alone: the engine shows its resources one by one.
        self._has_checkov = False
        self._by_settings = enforce(settings, rules, stack)
        self.rules = self._asked()
        self.waivers = Waivers(
            waivers_for(settings, stack), datetime.now(UTC).date(), self._is_asked
        )
        self.baseline = Baseline(record, stack, self._is_asked)
        self._estimated: Callable[[], StackCost] | None = None

    @classmethod
    def prepare(  # noqa: PLR0913 each is a fact of its own
        cls,
        settings: PolicyPackSettings,
        stack: str,
        rules: Sequence[Rule],
        source: Source,
        *,
        project: Path | None = None,
        cost_base: Path | None = None,
        selection: Selection = EVERYTHING,
        left_out: Collection[str] = (),
    ) -> Pipeline:
        """Reads what the settings name: prices, what the stack cost before, and the baseline.

        Args:
            settings: what counts.
            stack: the stack's name.
            rules: all that there are.
            source: where the resources come from.
            project: the folder with the `Pulumi.yaml`, if it is known.
            cost_base: the file with what the stack cost before; else the settings'.
            selection: what this run alone asks for.
            left_out: ids of rules that the source cannot be asked about.

        Raises:
            UsageError: a file is missing or not valid, or a rule that is asked for is off.
        """
        return cls(
            settings,
            stack,
            rules,
            source,
            costing=Costing(settings, stack, cost_base or base_file(settings, stack)),
            record=read_record(settings, project, rules),
            project=project,
            selection=selection,
            left_out=left_out,
        )

    def configure(self, rules: Sequence[EnforcedRule]) -> None:
        """Takes rules as the engine's own configuration has them, which overrides the settings."""
        self._by_settings = rules
        self.rules = self._asked()

    def price(self, stack: Stack) -> Callable[[], StackCost]:
        """Gives the rules about cost what they judge: the estimate, once the stack is whole."""
        self._estimated = self.costing.of(stack)
        return self._estimated

    def decide(self, stack: Stack) -> Decision:
        """What the rules say of a whole stack."""
        self.price(stack)
        return decide(stack, self.rules)

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

    def judge(
        self, stack: Stack, decision: Decision, run: Run, bridge: Bridge | None = None
    ) -> Report:
        """The judgement of a stack.

        Args:
            stack: what would be deployed.
            decision: what the rules said of it.
            run: what the source said beside.
            bridge: Checkov, where it is asked, too.

        Raises:
            CheckovError: it did not do its work, and it is required.
        """
        # Nothing of it is needed before, and the engine waits for the pack to start.
        from apex_guardrails.checkov import Verdict
        from apex_guardrails.judgement.judgement import Report

        verdict = Verdict() if bridge is None else bridge.judge(stack, self.rules)
        self._has_checkov = verdict.has_run
        findings = [
            replace(finding, property_position=_property_position(stack, finding))
            for finding in self.accepted(decision.findings, stack, verdict.findings)
        ]
        return Report(
            stack=stack,
            decision=replace(decision, findings=findings),
            circumstances=Circumstances.now(self.project, self.settings, self._source),
            output=run.output,
            notes=[
                *self.notes(),
                *run.notes,
                *verdict.notes,
                # What was not seen may be what a waiver is for.
                *(self.warnings(stack) if run.is_complete else []),
            ],
            program_errors=run.program_errors,
            is_complete=run.is_complete,
            rules=self.rules,
            # Of a part of a stack no cost is shown.
            cost=self.cost() if run.is_complete else None,
            checkov_missed=verdict.not_judged,
            waivers=self.waivers,
            baseline=self.baseline,
            changes=self.changes(),
        )

    def judge_cost(self, stack: Stack, notes: Sequence[str]) -> CostReport:
        """What a whole stack costs, and where that is more than it may.

        Args:
            stack: what would be deployed.
            notes: what a reader should know.

        Raises:
            PackError: a rule about cost raised.
        """
        from apex_guardrails.cost.difference import differences
        from apex_guardrails.cost.document import document
        from apex_guardrails.judgement.cost import CostReport
        from apex_guardrails.judgement.judgement import component_names

        estimated = self.price(stack)
        about_cost = [item for item in self.rules if item.rule.service == COST]
        evaluation = Evaluator(about_cost).evaluate_stack(stack)
        if evaluation.errors:
            first = evaluation.errors[0]
            raise PackError(f"the rule {first.rule_id} raised:\n{first.error}")
        cost, base = estimated(), self.costing.base
        now = document(cost, stack.project, stack.name, component_names(stack))
        return CostReport(
            now,
            cost,
            self.costing.section.limits,
            list(map(self.waivers.apply, evaluation.findings)),
            self.settings.source,
            [*self._own_prices(), *notes],
            base,
            [] if base is None else differences(base, now),
        )

    def cost(self) -> StackCost | None:
        """What the stack costs; `None` before there is one."""
        return self._estimated() if self._estimated else None

    def notes(self) -> list[str]:
        """What a reader should know of the run, whatever the stack is."""
        return [
            *self.settings.notes,
            *self._own_prices(),
            *self._selection.notes(),
            *without_stack(self.settings, stack_names(self.project), self._stack),
        ]

    def warnings(self, stack: Stack) -> list[str]:
        """What to tell whoever keeps the settings, once a whole stack was judged."""
        rules = [item.rule for item in self._by_settings]
        return [
            *self.waivers.warnings(),
            # What could not be decided offline may be known elsewhere.
            *self.baseline.warnings(undecided=self._source is Source.OFFLINE),
            *advice(self.settings, self._selection.among(rules), stack),
        ]

    def changes(self) -> list[Change]:
        """What settings, options and the engine's configuration change of the pack's defaults."""
        return changes(
            self.settings,
            self._stack,
            self._by_settings,
            selection=self._selection,
            recorded=len(self.baseline.entries),
        )

    def _own_prices(self) -> list[str]:
        """What to say of prices that are not the packaged ones."""
        path = self.costing.section.prices.path
        return [] if path is None else [f"prices in {path} count before the packaged ones"]

    def _asked(self) -> list[EnforcedRule]:
        return [
            replace(item, level=EnforcementLevel.DISABLED)
            if item.rule.id in self._left_out
            else item
            for item in self._selection.apply(self._by_settings)
        ]

    def _is_asked(self, rule_id: str) -> bool:
        return (
            self._selection.takes(rule_id)
            and rule_id not in self._left_out
            and (self._has_checkov or not is_checkovs(rule_id))
        )


def _property_position(stack: Stack, finding: Finding) -> SourcePosition | None:
    """Where the program sets the property at fault; what it leaves out stands nowhere."""
    resource = stack.resources.get(finding.urn)
    if finding.position is None or resource is None or resource.peek(finding.path) is None:
        return None
    return property_position(finding.position, finding.path)
