"""The judgement on a terminal, or as plain text in a pipe: quiet where all is well."""

from __future__ import annotations

import os
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.markup import escape

from apex_guardrails.judgement.circumstances import repository_root
from apex_guardrails.judgement.entries import (
    ChangeEntry,
    FindingEntry,
    Position,
    RemediationEntry,
    Verdict,
)
from apex_guardrails.judgement.model import Judgement
from apex_guardrails.model import Severity, resource_label
from apex_guardrails.model.cost import dollars
from apex_guardrails.model.phrases import counted
from apex_guardrails.reports.components import by_component, component_table
from apex_guardrails.reports.terminal import Page
from apex_guardrails.settings import Direction, Kind
from apex_guardrails.support.files import working_directory
from apex_guardrails.support.text import one_line

MOST = 4
"""Changes that let more pass, which are named and not counted alone."""

_COLOURS = {
    Severity.CRITICAL: "bold red",
    Severity.HIGH: "red",
    Severity.MEDIUM: "yellow",
    Severity.LOW: "cyan",
}


@dataclass(frozen=True)
class Report:
    """A judgement, as it is shown.

    Attributes:
        root: what paths in it are seen from.
        is_verbose: whether what is in order is listed, too, and not counted alone.
    """

    judgement: Judgement
    page: Page
    root: Path
    is_verbose: bool

    def place(self, position: Position) -> str:
        """File and line, the file as seen from the working directory where it is below it."""
        return f"{self.file(position.file)}:{position.line}"

    def file(self, name: str) -> str:
        """A file, as seen from the working directory where it is below it."""
        file, here = self.root / name, working_directory()
        return os.fspath(file.relative_to(here) if here and file.is_relative_to(here) else file)

    def heading(self) -> None:
        """Which stack, what it has, and what that costs."""
        judgement = self.judgement
        title = f"{judgement.project}, stack {judgement.stack}"
        self.page.line(f"[bold]{escape(title)}[/]", markup=True)
        self._resources()
        self._cost()
        if judgement.output:
            self.page.line("\n[dim]The program printed:[/]", markup=True)
            for line in judgement.output:
                self.page.line(f"  {line}")

    def _resources(self) -> None:
        judgement = self.judgement
        groups = by_component(judgement.resources)
        if not groups:
            who = "state has" if judgement.source.is_deployed else "program registers"
            if judgement.is_complete:
                self.page.line(f"The {who} no resources: there is nothing to judge.")
        elif self.is_verbose:
            self.page.console.print(component_table(groups))
        else:
            types = {token for group in groups.values() for token in group}
            components = len(groups.keys() - {""})
            within = f" in {counted(components, 'component')}" if components else ""
            total = sum(group.total() for group in groups.values())
            self.page.line(f"{counted(total, 'resource')} of {counted(len(types), 'type')}{within}")

    def _cost(self) -> None:
        """What the stack would cost and may cost; of a part of a stack nothing is said."""
        judgement, cost = self.judgement, self.judgement.cost
        if cost is None or not any(item.is_deployed for item in judgement.resources):
            return
        monthly, counts = cost.monthly, judgement.budget_figure
        figure = "" if counts == "expected" else f" for the {counts} figure"
        budget = judgement.budget
        may = "no budget" if budget is None else f"budget {dollars(budget)}{figure}"
        self.page.line(
            f"cost: {dollars(monthly.expected)} USD a month expected "
            f"({dollars(monthly.low)} to {dollars(monthly.high)}), {may}, "
            f"{judgement.unpriced:,} unpriced"
        )
        if cost.converted is not None:
            self.page.line(f"  {cost.converted.text}")
        for line in cost.assumes:
            self.page.line(f"  {line}")

    def findings(self) -> None:
        """What is accepted, then what is to be done: a terminal shows the last lines."""
        judgement = self.judgement
        if self.is_verbose:
            self._waived()
            for finding in judgement.known:
                self.page.line()
                self._known(finding)
        self._remediations()
        for same in _alike([*judgement.blocking, *judgement.advice]):
            self.page.line()
            self._finding(same)
        self.failures()

    def _finding(self, same: Sequence[FindingEntry]) -> None:
        """A finding; or the same one on many resources, with the resources listed."""
        first, page = same[0], self.page
        kind = "undecided" if first.is_undecided else "violation"
        advice = "" if first.is_blocking else ", advice"
        noun = "resource" if len({item.urn for item in same}) == len(same) else "finding"
        count = f" ({counted(len(same), noun)})" if len(same) > 1 else ""
        why = next((item.why for item in self.judgement.rules if item.id == first.rule), "")
        page.block(
            f"[{_COLOURS[first.severity]}]{first.severity}[/] {kind}{advice}: "
            f"{escape(first.title)}{count}",
            *(self._alone(first) if len(same) == 1 else map(self._one_of_many, same)),
            *([f"  why: {why}"] if why else []),
            *([f"  fix: {first.fix}"] if first.fix else []),
            f"  rule: {first.rule}{_also(first)}",
        )

    def _alone(self, finding: FindingEntry) -> Iterator[str]:
        yield from self._places(finding)
        yield f"  {one_line(finding.resource)}"
        yield f"  {one_line(finding.message + _at(finding))}"

    def _one_of_many(self, finding: FindingEntry) -> str:
        where = f"{self.place(finding.place)}: " if finding.place else ""
        return f"  {where}" + one_line(f"{finding.resource}: {finding.message}{_at(finding)}")

    def _places(self, finding: FindingEntry) -> Iterator[str]:
        """Where the resource is registered and the input is set, where that is known."""
        if finding.position is not None:
            there = finding.property_position
            is_elsewhere = there is not None and there != finding.position
            where = f" (set at {self.place(there)})" if there and is_elsewhere else ""
            yield f"  {self.place(finding.position)}{where}"

    def _waived(self) -> None:
        """By what is said for it, and by whom."""
        groups: dict[str, list[FindingEntry]] = defaultdict(list)
        for finding in self.judgement.waived:
            if (waiver := finding.waiver) is not None:
                ticket = f", {waiver.ticket}" if waiver.ticket else ""
                groups[f"{waiver.reason} ({waiver.owner}, until {waiver.expires}{ticket})"].append(
                    finding
                )
        for answer, findings in groups.items():
            self.page.line()
            self.page.block(
                f"[dim]waived[/]: {escape(one_line(answer))}",
                *(
                    f"  {finding.rule}{_also(finding)}: "
                    + one_line(f"{finding.resource} {finding.message}")
                    for finding in findings
                ),
            )

    def _known(self, finding: FindingEntry) -> None:
        undecided = ", undecided" if finding.is_undecided else ""
        self.page.block(
            f"[dim]known since {finding.known_since} (baseline){undecided}[/]: "
            f"{escape(finding.title)}",
            *self._places(finding),
            f"  {one_line(f'{finding.resource}: {finding.message}')}",
            f"  rule: {finding.rule}{_also(finding)}",
        )

    def _remediations(self) -> None:
        """What is deployed otherwise than the program says, by rule."""
        groups: dict[str, list[RemediationEntry]] = defaultdict(list)
        for item in self.judgement.remediations:
            groups[item.rule].append(item)
        for rule, items in groups.items():
            title = next((known.title for known in self.judgement.rules if known.id == rule), rule)
            self.page.line()
            self.page.block(
                f"[bold cyan]remediated[/] by the pack at deployment: {escape(title)}",
                *(
                    f"  {f'{self.place(item.position)}: ' if item.position else ''}"
                    + one_line(item.text)
                    for item in items
                ),
                f"  rule: {rule}",
            )

    def failures(self) -> None:
        """Why a judgement is not whole: rules that raised, and a program that failed."""
        for error in self.judgement.rule_errors:
            self.page.line()
            self.page.line(f"[bold red]rule failed[/]  {escape(error.rule)}", markup=True)
            self.page.line(f"  on {one_line(resource_label(error.urn))}")
            for line in error.error.strip().splitlines():
                self.page.line(f"  {line}")
        if self.judgement.program_errors:
            self.page.line("\n[bold red]the program failed[/]", markup=True)
        for line in "\n".join(self.judgement.program_errors).splitlines():
            self.page.line(f"  {line}")

    def foundation(self) -> None:
        """What was left out, what the judgement rests on, and the judgement."""
        judgement, page = self.judgement, self.page
        page.line()
        for left_out in judgement.not_evaluated:
            page.line(f"not evaluated: {left_out}")
        for note in judgement.notes:
            page.line(f"note: {note}")
        page.line(f"settings: {self.settings()}")
        changes = [item for item in judgement.changes if self.is_verbose or _is_grave(item)]
        shown = changes if self.is_verbose else changes[:MOST]
        for change in shown:
            page.line(f"  {change.direction}: {one_line(change.text)}")
        if len(changes) > len(shown):
            page.line(f"  and {len(changes) - len(shown):,} more; --verbose lists them")
        for line in judgement.loosened:
            page.line(f"  {line}")
        if judgement.baseline:
            base = judgement.baseline
            page.line(f"baseline: {self.file(base.file)} (sha256 {base.sha256[:12]})")
        if not self.is_verbose:
            self._accepted()
        colour = "red"
        if judgement.verdict is Verdict.ALLOWED:
            colour = "green"
        elif judgement.verdict is Verdict.NOTHING_EVALUATED:
            colour = "yellow"
        page.line(f"[bold {colour}]{escape(judgement.summary)}[/]", markup=True)

    def settings(self) -> str:
        """The file and the first digits of its SHA-256, and how much it changes."""
        file, sha256 = self.judgement.settings.file, self.judgement.settings.sha256
        source = f"{self.file(file)} (sha256 {(sha256 or '')[:12]})" if file else DEFAULTS
        counts = Counter(change.direction for change in self.judgement.changes)
        said = ", ".join(f"{counts[item]:,} {item}" for item in Direction if counts[item])
        return f"{source}; against the defaults: {said}" if said else source

    def _accepted(self) -> None:
        """What somebody answers for, counted."""
        waived, known = self.judgement.waived, self.judgement.known
        ends = [finding.waiver.expires for finding in waived if finding.waiver]
        if ends:
            count = counted(len(waived), "finding")
            self.page.line(f"waived: {count}, the first ends on {min(ends)}; --verbose lists them")
        if known:
            self.page.line(f"known: {counted(len(known), 'finding')} that the baseline records")


DEFAULTS = "the pack's defaults"


def render(
    judgement: Judgement, console: Console, *, root: Path | None = None, is_verbose: bool = False
) -> None:
    """Shows a judgement: what would be deployed, what is wrong with it, and what is concluded.

    Args:
        judgement: what is shown.
        console: where.
        root: what paths in it are seen from; the repository that the working directory is in.
        is_verbose: whether what is in order is listed, too.
    """
    root = root or repository_root(working_directory() or Path(os.sep))
    report = Report(judgement, Page(console), root, is_verbose)
    report.heading()
    report.findings()
    report.foundation()


def _alike(findings: Iterable[FindingEntry]) -> Iterable[list[FindingEntry]]:
    """Findings that are the same but for the resource, in the order of the first of each."""
    groups: dict[tuple[object, ...], list[FindingEntry]] = defaultdict(list)
    for finding in findings:
        groups[finding.rule, finding.level, finding.outcome, finding.fix, finding.also].append(
            finding
        )
    return groups.values()


def _is_grave(change: ChangeEntry) -> bool:
    """Whether a reader must see it: it adds rules, or lets more pass of what is critical or all."""
    if change.kind is Kind.ADDED:
        return True
    if change.direction is not Direction.LOOSER:
        return False
    return change.severity is Severity.CRITICAL or (
        change.kind is Kind.RUN and change.severity is None
    )


def _at(finding: FindingEntry) -> str:
    return f" ({finding.path})" if finding.path else ""


def _also(finding: FindingEntry) -> str:
    """The other tools' checks that find the same."""
    return f" (also {', '.join(finding.also)})" if finding.also else ""
