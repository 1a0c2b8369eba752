"""`apex fleet report`."""

from __future__ import annotations

import enum
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from apex_guardrails.cli.delivery import OutputFile, OutputFolder

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from apex_guardrails.fleet.report.results import Results
    from apex_guardrails.fleet.views import View

commands = typer.Typer(rich_markup_mode=None)


class FleetFormat(enum.StrEnum):
    """How a fleet is reported other than on the terminal."""

    HTML = "html"
    CSV = "csv"
    JSON = "json"


Destination = Annotated[
    str,
    typer.Argument(
        metavar="DEST", help="The folder or bucket that `apex fleet audit --results` wrote."
    ),
]


@commands.command(
    epilog="\b\nExamples:\n  apex fleet report results\n"
    "  apex fleet report results --format html --output fleet.html\n"
    "  apex fleet report results --view new_findings --format csv\n"
    "  apex fleet report results --sql oldest_violations | duckdb",
)
def report(  # noqa: PLR0913, PLR0917 an option is a parameter
    place: Destination,
    views: Annotated[
        list[str] | None,
        typer.Option(
            "--view",
            metavar="NAME",
            help="Only this table, such as new_findings; several, with commas.",
        ),
    ] = None,
    form: Annotated[
        FleetFormat | None,
        typer.Option("--format", help="A page, or every row of the tables as data."),
    ] = None,
    output: OutputFile = None,
    output_dir: OutputFolder = None,
    sql: Annotated[
        str | None,
        typer.Option("--sql", metavar="NAME", help="Prints the SQL of a table instead."),
    ] = None,
    day: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="The day of the run; the last one if left out."),
    ] = None,
    history: Annotated[
        int | None,
        typer.Option(
            metavar="DAYS",
            min=1,
            help="How far oldest_violations and by_day look back; to the first run if left out.",
            show_default=False,
        ),
    ] = None,
    rows: Annotated[
        int | None,
        typer.Option(
            min=1, help="Rows of each table; 10 if left out, 100 on a page.", show_default=False
        ),
    ] = None,
) -> None:
    """Says what the tables of a fleet hold: what fails where, since when, whose it is, the cost.

    DuckDB answers it from the Parquet files; --sql shows how, for questions of your own.

    Exit codes: 0 reported, whatever was found; 2 wrong usage, no results, or results of another
    schema version.
    """
    from apex_guardrails.fleet.extra import need

    # Before anything that imports one of them.
    need("duckdb", "obstore", "pyarrow")
    from apex_guardrails.fleet.report.results import opened, shown_sql
    from apex_guardrails.support.errors import UsageError

    wanted = _chosen(views, "--view")
    until = day.date() if day else None
    if form is None and (output or output_dir):
        raise UsageError("--output: needs --format html, csv or json; else use `> FILE`")
    if output_dir is not None and form is not FleetFormat.CSV:
        raise UsageError("--output-dir: is for --format csv, which is a file for each table")
    if form is FleetFormat.CSV and len(wanted) > 1 and output_dir is None:
        raise UsageError(
            "--format csv: is one table; name it with --view, or a folder for all with --output-dir"
        )
    if sql is not None:
        [asked] = _chosen([sql], "--sql")
        typer.echo(shown_sql(place, asked, until, history), nl=False)
        return
    with opened(place, until, history, wanted) as results:
        if form is None:
            _show(results, wanted, rows)
        elif output_dir is not None:
            for view in wanted:
                deliver(_pieces(results, [view], form, rows), output_dir / f"{view.name}.csv")
        else:
            deliver(_pieces(results, wanted, form, rows), output)


def _chosen(given: list[str] | None, option: str) -> Sequence[View]:
    """The views that an option names; all of them without it.

    Raises:
        UsageError: there is no such view.
    """
    from apex_guardrails.cli.options import names
    from apex_guardrails.fleet.views import views
    from apex_guardrails.support.errors import UsageError
    from apex_guardrails.support.mistakes import nearest

    known = views()
    for name in names(given):
        if name not in known:
            hint = nearest(name, known) or f" (known: {', '.join(known)})"
            raise UsageError(f"{option} {name}: there is no such table{hint}")
    return [known[name] for name in dict.fromkeys(names(given))] or list(known.values())


def _show(results: Results, wanted: Sequence[View], rows: int | None) -> None:
    from apex_guardrails.fleet.report import console
    from apex_guardrails.fleet.report.fleet import report as reported
    from apex_guardrails.reports.terminal import StandardOutput

    made = reported(results, wanted, rows or console.ROWS, console.COLUMNS)
    console.show(made, StandardOutput())


def deliver(pieces: Iterable[str], file: Path | None) -> None:
    """Writes a document, or prints it, piece by piece."""
    from apex_guardrails.support.files import write_pieces

    if file is not None:
        write_pieces(file, pieces)
        return
    for piece in pieces:
        # It is UTF-8, whatever a terminal's encoding is.
        typer.echo(piece.encode(errors="backslashreplace"), nl=False)


def _pieces(
    results: Results, wanted: Sequence[View], form: FleetFormat, rows: int | None
) -> Iterable[str]:
    from apex_guardrails.fleet.report import data, page
    from apex_guardrails.fleet.report.fleet import report as reported

    if form is FleetFormat.CSV:
        return data.csv_pieces(results, wanted[0])
    if form is FleetFormat.JSON:
        return data.json_pieces(results, wanted)
    return (page.render(reported(results, wanted, rows or page.ROWS, page.COLUMNS)),)
