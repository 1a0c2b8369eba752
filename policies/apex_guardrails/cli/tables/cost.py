"""A stack's cost on a terminal, or as plain text in a pipe."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Final

from rich.markup import escape
from rich.table import Table

from apex_guardrails.cost import Amounts, Assumption, StackCost
from apex_guardrails.cost.document import CostDocument, Figures, PricedEntry, format_plain
from apex_guardrails.cost.model import sum_amounts
from apex_guardrails.judgement.cost import CostReport
from apex_guardrails.model import (
    STACK_TYPE,
    Finding,
    name_of,
    type_of,
)
from apex_guardrails.model.cost import dollars
from apex_guardrails.reports.terminal import Page, StandardOutput
from apex_guardrails.support.text import visible

_MOST_ROWS: Final = 3
"""Resources of one type in one component that are shown one by one."""


def render(report: CostReport, page: Page) -> None:
    """Shows what a stack costs, by component and resource, and what that assumes."""
    document = report.document
    title = f"{document.project}, stack {document.stack}: US dollars a month"
    page.line(f"[bold]{escape(title)}[/]", markup=True)
    if document.resources or document.fixed:
        page.console.print(_table(document))
    else:
        page.line("  there is nothing that costs anything")
    _unpriced(document, page)
    _savings(document, page)
    if report.base is not None:
        _differences(report, page)
    _assumptions(report.cost, page)
    page.line()
    if document.doubtful:
        page.line(f"note: prices with low confidence: {', '.join(document.doubtful)}")
    for note in report.notes:
        page.line(f"note: {note}")
    if document.converted is not None:
        converted = document.converted
        page.line(f"note: amounts in {converted.currency} are {converted.note} (cost.currency)")
    page.line(f"free: {len(document.free)} resources cost nothing, whatever their use")
    page.line(f"settings: {report.settings}")
    page.line(_verdict(report))


def _table(document: CostDocument) -> Table:
    table = _columns("component", "resource", "type")
    by_component = sorted(document.resources, key=lambda entry: (entry.component, entry.type))
    for component, entries in groupby(by_component, key=lambda entry: entry.component):
        shown = component or "(no component)"
        for token, group in groupby(entries, key=lambda entry: entry.type):
            for name, amounts in _rows(list(group)):
                table.add_row(
                    *(escape(visible(text)) for text in (shown, name, _short(token))),
                    *_figures(amounts),
                )
                shown = ""
    for line in document.fixed:
        table.add_row("(paid elsewhere)", escape(line.name), "", *_figures(line.monthly.amounts))
    table.add_section()
    table.add_row("total", "", "", *_figures(document.monthly.amounts), style="bold")
    if document.converted is not None:
        name = f"in {document.converted.currency}, converted"
        table.add_row(
            "total", name, "", *_figures(document.converted.monthly.amounts), style="bold"
        )
    return table


def _rows(entries: Sequence[PricedEntry]) -> Iterable[tuple[str, Amounts]]:
    """Resources of one type in one component; many small ones are one row."""
    priced = [entry for entry in entries if not entry.monthly.amounts.is_zero]
    if len(priced) > _MOST_ROWS:
        yield f"({len(priced)} resources)", sum_amounts(entry.monthly.amounts for entry in priced)
        return
    for entry in priced:
        yield name_of(entry.urn), entry.monthly.amounts


def _columns(*names: str) -> Table:
    table = Table(box=None, pad_edge=False, show_edge=False, header_style="dim")
    for name in names:
        table.add_column(name, overflow="fold")
    for name in ("low", "expected", "high"):
        table.add_column(name, justify="right", no_wrap=True)
    return table


def _figures(amounts: Amounts, *, signed: bool = False) -> tuple[str, str, str]:
    low, expected, high = (
        dollars(amount, signed=signed) for amount in (amounts.low, amounts.expected, amounts.high)
    )
    return low, expected, high


def _short(token: str) -> str:
    """`redis.Instance` for `gcp:redis/instance:Instance`, as the Python SDK names it."""
    package, _, rest = token.partition(":")
    module, _, name = rest.partition(":")
    return f"{module.partition('/')[0]}.{name}" if package in ("gcp", "pulumi") else token


def _unpriced(document: CostDocument, page: Page) -> None:
    entries = [entry for entry in document.resources if entry.unpriced]
    if entries:
        page.line()
        page.line(f"unpriced, and not in the total: {len(entries)}")
    for entry in entries:
        name = name_of(entry.urn)
        page.line(f"  {entry.type} {name}: {'; '.join(entry.unpriced)}")


def _savings(document: CostDocument, page: Page) -> None:
    if document.savings:
        page.line()
        page.line("could cost less, each by itself; US dollars a month expected:")
    for item in document.savings:
        saved = dollars(-item.monthly.expected, signed=True)
        page.line(f"  {saved}  {name_of(item.urn)}: {item.advice}{_also(document, item.monthly)}")


def _also(document: CostDocument, monthly: Figures) -> str:
    """The same in the billing currency."""
    if document.converted is None:
        return ""
    return f" ({document.converted.of(-monthly.expected, signed=True)}, converted)"


def _differences(report: CostReport, page: Page) -> None:
    base = report.base
    if base is None:
        return
    page.line()
    page.line(f"against {base.project}, stack {base.stack}:")
    if not report.differences:
        page.line("  nothing differs")
        return
    table = _columns("", "resource", "type")
    for item in report.differences:
        table.add_row(
            item.change,
            *(escape(visible(text)) for text in (item.name, _short(item.type))),
            *_figures(item.monthly, signed=True),
        )
    table.add_section()
    change = report.document.monthly.amounts - base.monthly.amounts
    table.add_row("total", "", "", *_figures(change, signed=True), style="bold")
    converted = report.document.converted
    if converted is not None:
        name = f"in {converted.currency}, converted"
        table.add_row(
            "total", name, "", *_figures(change * converted.rate, signed=True), style="bold"
        )
    page.console.print(table)
    changed = [item for item in report.differences if item.reasons]
    if changed:
        page.line()
        page.line("why:")
    for item in changed:
        page.line(f"  {item.name}: {'; '.join(item.reasons)}")


def _assumptions(cost: StackCost, page: Page) -> None:
    """Every figure that the estimate rests on, those that were set first."""
    page.line()
    page.line("assumed of each resource in a month (low, expected, high):")
    usage, given = cost.usage, cost.usage.given()
    for name in sorted(cost.assumed, key=lambda field: (field not in given, field)):
        what = type(usage).model_fields[name].description or ""
        default = "" if name in given else " (default)"
        page.line(f"  {name}: {_value(getattr(usage, name))}{default}  {what}")
    for pattern, own in usage.resources.items():
        figures = "; ".join(f"{name}: {_value(value)}" for name, value in own.given().items())
        page.line(f"  of {pattern}: {figures}")


def _value(value: object) -> str:
    if not isinstance(value, Assumption):
        return str(value)
    figures = [format_plain(amount) for amount in (value.low, value.expected, value.high)]
    return figures[0] if len(set(figures)) == 1 else ", ".join(figures)


def _verdict(report: CostReport) -> str:
    document = report.document
    low, expected, high = _figures(document.monthly.amounts)
    text = f"{document.stack} costs {expected} USD a month, between {low} and {high}"
    if not (document.resources or document.fixed or document.free):
        text = f"{document.stack} has no resources, so it costs nothing"
    budget = report.limits.budget
    if not report.findings:
        figure = report.limits.counts
        text += (
            "; no budget is set"
            if budget is None
            else f"; the {figure} cost is within the budget of {dollars(budget)}"
        )
    assumed = (f"  {line}" for line in document.assumes)
    converted = [f"  {document.converted.text}"] if document.converted else []
    return "\n".join([text, *converted, *map(_finding, report.findings), *assumed])


def _finding(finding: Finding) -> str:
    """A limit that is exceeded; of a single resource, with its name."""
    about = name_of(finding.urn)
    is_stack = type_of(finding.urn) == STACK_TYPE
    waiver = finding.waiver
    said = f"waived by {waiver.owner} until {waiver.expires}" if waiver else finding.level.value
    return f"  {'' if is_stack else f'{about}: '}{finding.message} ({finding.rule.id}, {said})"


def show(report: CostReport) -> None:
    """Shows a report on standard output."""
    render(report, Page(StandardOutput()))


def as_json(report: CostReport) -> str:
    """The estimate as JSON; with what differs, where it was compared."""
    if report.base is None:
        return report.document.text()
    changes = tuple(item.entry() for item in report.differences)
    return report.document.model_copy(update={"differences": changes}).text()
