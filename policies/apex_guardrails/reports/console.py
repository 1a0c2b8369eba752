"""The report on a terminal, or as plain text in a pipe."""

from __future__ import annotations

import os
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from apex_guardrails.judgement.judgement import Report
from apex_guardrails.model import (
    EnforcementLevel,
    Finding,
    Outcome,
    Severity,
    SourcePosition,
    resource_label,
)
from apex_guardrails.model.cost import dollars
from apex_guardrails.settings import folded
from apex_guardrails.support.files import working_directory
from apex_guardrails.support.text import one_line, visible

_COLOURS = {
    Severity.CRITICAL: "bold red",
    Severity.HIGH: "red",
    Severity.MEDIUM: "yellow",
    Severity.LOW: "cyan",
}


class StandardOutput(Console):
    """Standard output: colours on a terminal that wants them, plain text in a pipe."""

    def __init__(self) -> None:
        super().__init__(
            highlight=False,
            # `gcp:key:Key` is a type, and no picture of a key.
            emoji=False,
            # NO_COLOR stands for no escape sequences at all, as no-color.org's readers expect.
            color_system=None if os.environ.get("NO_COLOR") else "auto",
            # In a pipe nothing is cut off or folded: a table is as wide as it needs to be.
            width=None if sys.stdout.isatty() else 240,
        )


@dataclass(frozen=True)
class Page:
    """Where the report is written. What the program brings is made fit to be seen here, once."""

    console: Console
    redact: Callable[[str], str]

    def shown(self, text: str) -> str:
        """The text without secret values, which may be in any name, and harmless where shown."""
        return visible(self.redact(text))

    def label(self, text: str) -> str:
        """The same in one line, so that no name or message adds a line of its own."""
        return one_line(self.redact(text))

    def line(self, text: str = "", *, markup: bool = False) -> None:
        """One line as it is: wrapped by the terminal, not by us, so that it can be searched for."""
        self.console.print(self.shown(text), markup=markup, highlight=False, soft_wrap=True)

    def block(self, head: str, *lines: str) -> None:
        """A line with markup, and others as they are: printed at once, which is much faster."""
        text = Text.from_markup(self.shown(head), emoji=False)
        # Not through markup: what opens in one line and closes in another would be taken for it.
        text.append("".join(f"\n{self.shown(line)}" for line in lines))
        self.console.print(text, soft_wrap=True)


def render(report: Report, console: Console) -> None:
    """Shows a report: what would be deployed, what is wrong with it, and the judgement."""
    page = Page(console, report.stack.secret_config.redact)
    title = f"{report.stack.project}, stack {report.stack.name}"
    page.line(f"[bold]{escape(title)}[/]", markup=True)
    _deployment(report, page)
    _cost(report, page)
    if report.output:
        page.line("\n[dim]The program printed:[/]", markup=True)
        for line in report.output:
            page.line(f"  {line}")
    # What has to be done comes last, where a terminal shows it.
    for answer, findings in _by_answer(report.waived()).items():
        page.line()
        _waived(answer, findings, page)
    for finding in report.known():
        page.line()
        _known(finding, page)
    for finding in (*report.blocking(), *report.advice()):
        page.line()
        _finding(finding, page)
    _failures(report, page)
    page.line()
    for left_out in report.not_judged:
        page.line(f"not judged: {left_out}")
    for note in report.remarks:
        page.line(f"note: {note}")
    _rests_on(report, page)
    colour = "green" if report.is_allowed else "red"
    if report.is_about_nothing:
        colour = "yellow"
    page.line(f"[bold {colour}]{escape(report.summary())}[/]", markup=True)


def _rests_on(report: Report, page: Page) -> None:
    """The settings, what they change of the defaults, and the baseline."""
    page.line(f"settings: {report.settings.source}")
    for line in folded(report.changes):
        page.line(f"  {page.label(line)}")
    if report.baseline.source:
        page.line(f"baseline: {report.baseline.source}")


def render_failures(report: Report, console: Console) -> None:
    """Shows why a judgement is not whole: rules that raised, and a program that failed."""
    _failures(report, Page(console, report.stack.secret_config.redact))


def _failures(report: Report, page: Page) -> None:
    for error in report.decision.errors:
        page.line()
        page.line(f"[bold red]rule failed[/]  {escape(error.rule_id)}", markup=True)
        page.line(f"  on {page.label(resource_label(error.urn))}")
        for line in error.error.strip().splitlines():
            page.line(f"  {line}")
    if report.program_errors:
        page.line("\n[bold red]the program failed[/]", markup=True)
    for failure in report.program_errors:
        for line in failure.splitlines():
            page.line(f"  {line}")


def _deployment(report: Report, page: Page) -> None:
    components = report.by_component()
    if not components:
        who = "program registers" if report.stack.has_config else "state has"
        if report.is_complete:
            page.line(f"The {who} no resources: there is nothing to judge.")
        return
    table = Table(box=None, pad_edge=False, show_edge=False, header_style="dim")
    table.add_column("component", overflow="fold")
    table.add_column("resource type", overflow="fold")
    table.add_column("count", justify="right")
    for name, types in components.items():
        shown = name or "(no component)"
        for token, count in sorted(types.items()):
            table.add_row(escape(page.shown(shown)), escape(page.shown(token)), str(count))
            shown = ""
    page.console.print(table)


def _cost(report: Report, page: Page) -> None:
    """What the stack would cost and may cost; of a part of a stack nothing is said."""
    cost = report.cost
    if cost is None or not report.is_complete or not report.resources:
        return
    monthly, limits = cost.monthly, report.stack.spending.limits
    figure = "" if limits.counts == "expected" else f" for the {limits.counts} figure"
    budget = "no budget" if limits.budget is None else f"budget {dollars(limits.budget)}{figure}"
    page.line(
        f"cost: {dollars(monthly.expected)} USD a month expected "
        f"({dollars(monthly.low)} to {dollars(monthly.high)}), {budget}, "
        f"{len(cost.unpriced)} unpriced"
    )
    for line in report.assumes:
        page.line(f"  {line}")


def _finding(finding: Finding, page: Page) -> None:
    rule = finding.rule
    undecided = finding.outcome is Outcome.UNDECIDED
    kind = "undecided" if undecided else "violation"
    advice = ", advice" if finding.level is EnforcementLevel.ADVISORY else ""
    at = f" ({finding.path})" if finding.path else ""
    page.block(
        f"[{_COLOURS[rule.severity]}]{rule.severity}[/] {kind}{advice}: {escape(rule.title)}",
        *_places(finding),
        f"  {page.label(resource_label(finding.urn))}",
        f"  {page.label(finding.message + at)}",
        f"  why: {rule.why}",
        f"  fix: {finding.fix}",
        f"  rule: {rule.id}{_also(finding)}",
    )


def _by_answer(findings: Iterable[Finding]) -> dict[str, list[Finding]]:
    """Waived findings, by what is said for them and by whom."""
    groups: dict[str, list[Finding]] = defaultdict(list)
    for finding in findings:
        if (waiver := finding.waiver) is not None:
            ticket = f", {waiver.ticket}" if waiver.ticket else ""
            groups[f"{waiver.reason} ({waiver.owner}, until {waiver.expires}{ticket})"].append(
                finding
            )
    return groups


def _waived(answer: str, findings: Iterable[Finding], page: Page) -> None:
    page.block(
        f"[dim]waived[/]: {escape(answer)}",
        *(
            f"  {finding.rule.id}{_also(finding)}: "
            + page.label(f"{resource_label(finding.urn)} {finding.message}")
            for finding in findings
        ),
    )


def _known(finding: Finding, page: Page) -> None:
    rule = finding.rule
    undecided = ", undecided" if finding.outcome is Outcome.UNDECIDED else ""
    page.block(
        f"[dim]known since {finding.known_since} (baseline){undecided}[/]: {escape(rule.title)}",
        *_places(finding),
        f"  {page.label(f'{resource_label(finding.urn)}: {finding.message}')}",
        f"  rule: {rule.id}{_also(finding)}",
    )


def _places(finding: Finding) -> Iterator[str]:
    """Where the resource is registered and the input is set, where that is known."""
    if finding.position is not None:
        yield f"  {place(finding.position)}{_property_place(finding)}"


def _also(finding: Finding) -> str:
    """The other tools' checks that find the same."""
    return f" (also {', '.join(finding.also)})" if finding.also else ""


def _property_place(finding: Finding) -> str:
    """Where the property is set, when that is another line than where the resource is."""
    there = finding.property_position
    if there is None or finding.position is None or there == finding.position:
        return ""
    return f" (the property: {place(there)})"


def place(position: SourcePosition) -> str:
    """File and line, the file as seen from the working directory where it is below it."""
    file = Path(position.file)
    here = working_directory()
    shown = file.relative_to(here) if here and file.is_relative_to(here) else file
    return f"{os.fspath(shown)}:{position.line}"
