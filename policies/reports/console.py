"""The report on a terminal, or as plain text in a pipe."""

from __future__ import annotations

import os
import re
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from policies.model import EnforcementLevel, Finding, Outcome, Severity, SourcePosition
from policies.reports.report import Report, resource_label

_COLOURS = {
    Severity.CRITICAL: "bold red",
    Severity.HIGH: "red",
    Severity.MEDIUM: "yellow",
    Severity.LOW: "cyan",
}


_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
"""Characters that drive a terminal. Names, messages and output are the program's: none may."""


def render(report: Report, console: Console) -> None:
    """Shows a report: what would be deployed, what is wrong with it, and the judgement."""
    title = f"{report.stack.project}, stack {report.stack.name}"
    console.print(f"[bold]{escape(title)}[/]")
    _deployment(report, console)
    if report.output:
        console.print("\nThe program printed:", style="dim")
        for line in report.output:
            _line(console, f"  {line}")
    for finding in (*report.blocking(), *report.advice()):
        console.print()
        _finding(finding, console)
    for error in report.decision.errors:
        console.print()
        _line(console, f"[bold red]rule failed[/]  {escape(error.rule_id)}", markup=True)
        _line(console, f"  on {resource_label(error.urn)}")
        for line in error.error.strip().splitlines():
            _line(console, f"  {line}")
    for failure in report.program_errors:
        console.print()
        _line(console, "[bold red]the program failed[/]", markup=True)
        for line in failure.splitlines():
            _line(console, f"  {line}")
    console.print()
    for note in report.notes:
        _line(console, f"note: {note}")
    _line(console, f"settings: {report.settings}")
    colour = "green" if report.is_allowed else "red"
    _line(console, f"[bold {colour}]{escape(report.summary())}[/]", markup=True)


def _deployment(report: Report, console: Console) -> None:
    components = report.by_component()
    if not components:
        console.print("The program registers no resources: there is nothing to judge.")
        return
    table = Table(box=None, pad_edge=False, show_edge=False, header_style="dim")
    table.add_column("component", no_wrap=True)
    table.add_column("resource type", no_wrap=True)
    table.add_column("count", justify="right")
    for name, types in components.items():
        shown = name or "(no component)"
        for token, count in sorted(types.items()):
            table.add_row(escape(_visible(shown)), escape(_visible(token)), str(count))
            shown = ""
    console.print(table)


def _finding(finding: Finding, console: Console) -> None:
    rule = finding.rule
    undecided = finding.outcome is Outcome.UNDECIDED
    kind = "undecided" if undecided else "violation"
    advice = ", advice" if finding.level is EnforcementLevel.ADVISORY else ""
    head = f"[{_COLOURS[rule.severity]}]{rule.severity}[/] {kind}{advice}: {escape(rule.title)}"
    _line(console, head, markup=True)
    if finding.position is not None:
        _line(console, f"  {place(finding.position)}{_property_place(finding)}")
    _line(console, f"  {resource_label(finding.urn)}")
    at = f" ({finding.path})" if finding.path else ""
    _line(console, f"  {finding.message}{at}")
    _line(console, f"  why: {rule.why}")
    _line(console, f"  fix: {rule.fix}")
    _line(console, f"  rule: {rule.id}")


def _line(console: Console, text: str, *, markup: bool = False) -> None:
    """One line as it is: wrapped by the terminal, not by us, so that it can be searched for."""
    console.print(_visible(text), markup=markup, highlight=False, soft_wrap=True)


def _visible(text: str) -> str:
    return _CONTROL.sub("\N{REPLACEMENT CHARACTER}", text)


def _property_place(finding: Finding) -> str:
    """Where the property is set, when that is another line than where the resource is."""
    there = finding.property_position
    if there is None or finding.position is None or there == finding.position:
        return ""
    return f" (the property: {place(there)})"


def place(position: SourcePosition) -> str:
    """File and line, the file as seen from the working directory where it is below it."""
    file = Path(position.file)
    shown = file.relative_to(Path.cwd()) if file.is_relative_to(Path.cwd()) else file
    return f"{os.fspath(shown)}:{position.line}"
