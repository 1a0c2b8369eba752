"""The report on a terminal, or as plain text in a pipe: what is empty is left out."""

from __future__ import annotations

from typing import Final

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from apex_guardrails.fleet.report.answers import Answer, text_of
from apex_guardrails.fleet.report.fleet import Report, Section
from apex_guardrails.fleet.report.grids import Cell, Grid
from apex_guardrails.model.phrases import counted
from apex_guardrails.reports.terminal import Page
from apex_guardrails.support.text import one_line

ROWS: Final = 10
"""Of each table."""

COLUMNS: Final = 8
"""Of a heat map."""

_LONGEST: Final = 60
"""Characters of a value: a message is longer than a terminal is wide."""

_STYLES: Final = ("dim", "yellow", "dark_orange", "red", "bold red")
"""Of a cell, by its level."""


def show(report: Report, console: Console) -> None:
    """Prints it."""
    page = Page(console)
    page.line(f"[bold]{escape(report.place)}, {report.run.day}[/]", markup=True)
    page.line(report.summary)
    for alarm in report.alarms:
        page.line(f"[bold red]INCOMPLETE:[/] {escape(alarm)}", markup=True)
    for section in report.sections:
        _show(section, page)


def _show(section: Section, page: Page) -> None:
    if not section.shown:
        return
    view, grid = section.view, section.grid
    about = f" [dim]({grid.says})[/]" if grid is not None else ""
    page.line(f"\n[bold]{escape(view.title)}[/]{about}", markup=True)
    if section.answer is not None:
        page.console.print(_rows(section.answer))
    elif grid is not None:
        page.console.print(_grid(grid))
    if section.more:
        noun = "row" if grid is None else grid.corner
        page.line(f"and {counted(section.more, f'more {noun}')}: --rows, or --view {view.name}")


def _rows(answer: Answer) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim")
    for column in answer.columns:
        table.add_column(
            column.title, justify="right" if column.is_figure else "left", overflow="fold"
        )
    for row in answer.rows:
        table.add_row(
            *(_safe(text_of(row[column.name], column)) for column in answer.columns),
        )
    return table


def _grid(grid: Grid) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column(grid.corner, overflow="fold")
    for name in ("all", *grid.columns):
        table.add_column(_safe(name), justify="right", overflow="fold")
    for line in grid.lines:
        about = f" [dim]{_safe(line.about)}[/]" if line.about else ""
        cells = map(_cell, (line.total, *line.cells))
        table.add_row(f"{_safe(line.name)}{about}", *cells)
    return table


def _cell(cell: Cell) -> str:
    return f"[{_STYLES[cell.level]}]{cell.text}[/]" if cell.text else ""


def _safe(text: str) -> str:
    return escape(one_line(text, _LONGEST))
