"""The report on a terminal, or as plain text in a pipe: what is empty is left out."""

from __future__ import annotations

from typing import Final

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from apex_guardrails.fleet.report.answers import Answer, Column, Row, text_of
from apex_guardrails.fleet.report.fleet import Report, Section
from apex_guardrails.fleet.report.grids import Cell, Grid
from apex_guardrails.model.phrases import counted
from apex_guardrails.reports.review.tree import short
from apex_guardrails.reports.terminal import Page
from apex_guardrails.support.text import one_line

ROWS: Final = 10
"""Of each table."""

COLUMNS: Final = 8
"""Of a heat map."""

_LONGEST: Final = 60
"""Characters of a value: a message is longer than a terminal is wide."""

_SHORT: Final = 12
"""Characters of a day, a severity, a team: such a column is not broken."""

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
    # A column that says nothing takes no room.
    columns = [it for it in answer.columns if any(row[it.name] for row in answer.rows)]
    texts = [[_text(row, column) for column in columns] for row in answer.rows]
    for column, cells in zip(columns, zip(*texts, strict=True), strict=True):
        is_short = column.is_figure or all(" " not in it and len(it) <= _SHORT for it in cells)
        words = max(map(len, column.title.split()))
        table.add_column(
            column.title,
            justify="right" if column.is_figure else "left",
            overflow="fold",
            min_width=max(words, *map(len, cells)) if is_short else words,
        )
    for row in texts:
        table.add_row(*map(escape, row))
    return table


def _text(row: Row, column: Column) -> str:
    value = row[column.name]
    return one_line(short(value) if column.name == "type" else text_of(value, column), _LONGEST)


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
