"""`apex fleet export`: the tables as other systems take them."""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Final

import typer

from apex_guardrails.cli.delivery import OutputFile
from apex_guardrails.cli.fleet.report import Destination, deliver

commands = typer.Typer(rich_markup_mode=None)


class FleetExport(enum.StrEnum):
    """What takes the tables."""

    OCSF = "ocsf"
    OSCAL = "oscal"
    BIGQUERY = "bigquery"


_TAKES: Final[Mapping[FleetExport, Sequence[str]]] = {
    FleetExport.OCSF: ("--output", "--day"),
    FleetExport.OSCAL: ("--output-dir", "--framework", "--day"),
    FleetExport.BIGQUERY: ("--output", "--dataset", "--views-only"),
}
"""The options of each."""


@commands.command(
    epilog="\b\nExamples:\n"
    "  apex fleet export results --format ocsf --output findings.jsonl\n"
    "  apex fleet export results --format oscal --framework cis-gcp-5.0 --output-dir oscal\n"
    "  apex fleet export gs://acme-apex --format bigquery --dataset acme-ops.apex_fleet",
)
def export(  # noqa: PLR0913, PLR0917 an option is a parameter
    place: Destination,
    form: Annotated[FleetExport, typer.Option("--format", help="What takes the tables.")],
    output: OutputFile = None,
    output_dir: Annotated[
        Path | None,
        typer.Option("--output-dir", metavar="DIR", help="For oscal: the folder for its files."),
    ] = None,
    frameworks: Annotated[
        list[str] | None,
        typer.Option(
            "--framework",
            metavar="ID",
            help="For oscal: this framework alone, such as cis-gcp-5.0; several, with commas.",
        ),
    ] = None,
    day: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%d"],
            help="For ocsf and oscal: the day of the run; the last one if left out.",
        ),
    ] = None,
    dataset: Annotated[
        str | None,
        typer.Option(
            metavar="PROJECT.DATASET", help="For bigquery: where its tables and views are made."
        ),
    ] = None,
    has_tables: Annotated[
        bool,
        typer.Option(
            "--views-only", help="For bigquery: without the tables, where `bq load` filled them."
        ),
    ] = False,
) -> None:
    """Writes the tables of a fleet for other systems.

    ocsf is a compliance finding of the Open Cybersecurity Schema Framework in each line. oscal is,
    for each framework, its catalog, a profile, an assessment plan and assessment results. bigquery
    is SQL for `bq query`: external tables over the files in a bucket, and the report's tables as
    views.

    Exit codes: 0 written; 2 wrong usage, or, for ocsf and oscal, no results or results of another
    schema version.
    """
    from apex_guardrails.fleet.extra import need
    from apex_guardrails.support.errors import UsageError

    given = {
        "--output": output,
        "--output-dir": output_dir,
        "--framework": frameworks,
        "--day": day,
        "--dataset": dataset,
        "--views-only": has_tables,
    }
    others = [name for name, value in given.items() if value and name not in _TAKES[form]]
    if others:
        raise UsageError(
            f"{', '.join(others)}: not for --format {form}, which takes {', '.join(_TAKES[form])}"
        )
    need("duckdb", "obstore", "pyarrow")
    until = day.date() if day else None
    if form is FleetExport.OCSF:
        _ocsf(place, until, output)
    elif form is FleetExport.OSCAL:
        if output_dir is None:
            raise UsageError("--output-dir is missing: the folder for the files of each framework")
        _oscal(place, until, frameworks, output_dir)
    else:
        from apex_guardrails.fleet.exports import bigquery

        if dataset is None:
            raise UsageError("--dataset is missing: the data set for the tables, PROJECT.DATASET")
        deliver(bigquery.statements(place, dataset, has_tables=has_tables), output)


def _ocsf(place: str, day: date | None, output: Path | None) -> None:
    from apex_guardrails.fleet.exports import ocsf
    from apex_guardrails.fleet.report.results import opened

    with opened(place, day, wanted=[], whole=ocsf.LOOKS_BACK) as results:
        deliver(ocsf.pieces(results), output)


def _oscal(place: str, day: date | None, frameworks: list[str] | None, folder: Path) -> None:
    from apex_guardrails.cli.options import names
    from apex_guardrails.fleet.exports import assessment, oscal
    from apex_guardrails.fleet.report.results import opened
    from apex_guardrails.support.files import write_text
    from apex_guardrails.support.text import json_text

    with opened(place, day, wanted=[]) as results:
        for framework in oscal.assessed(results, names(frameworks)):
            for name, document in oscal.documents(framework):
                write_text(folder / name, json_text(document))
            file = folder / framework.file("assessment-results")
            deliver(assessment.pieces(results, framework), file)
