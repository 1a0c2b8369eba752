"""`apex fleet export`: the tables as other systems take them."""

from __future__ import annotations

import enum
from datetime import datetime
from typing import Annotated

import typer

from apex_guardrails.cli.delivery import OutputFile
from apex_guardrails.cli.fleet.report import Destination, deliver

commands = typer.Typer(rich_markup_mode=None)


class FleetExport(enum.StrEnum):
    """What takes the tables."""

    OCSF = "ocsf"
    BIGQUERY = "bigquery"


@commands.command(
    epilog="\b\nExamples:\n"
    "  apex fleet export results --format ocsf --output findings.jsonl\n"
    "  apex fleet export gs://acme-apex --format bigquery --dataset acme-ops.apex_fleet",
)
def export(  # noqa: PLR0913, PLR0917 an option is a parameter
    place: Destination,
    form: Annotated[FleetExport, typer.Option("--format", help="What takes the tables.")],
    output: OutputFile = None,
    day: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="The day of the run; the last one if left out."),
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

    ocsf is a compliance finding of the Open Cybersecurity Schema Framework in each line. bigquery
    is SQL for `bq query`: external tables over the files in a bucket, and the report's tables as
    views.

    Exit codes: 0 written; 2 wrong usage, no results, or results of another schema version.
    """
    from apex_guardrails.fleet.exports import bigquery, ocsf
    from apex_guardrails.fleet.report.results import opened
    from apex_guardrails.fleet.views import views
    from apex_guardrails.support.errors import UsageError

    if form is FleetExport.BIGQUERY:
        if dataset is None:
            raise UsageError("--dataset is missing: the data set for the tables, PROJECT.DATASET")
        deliver(bigquery.statements(place, dataset, has_tables=has_tables), output)
        return
    # It reads of every run when a finding was there first.
    wanted = [views()["oldest_violations"]]
    with opened(place, day.date() if day else None, wanted=wanted) as results:
        deliver(ocsf.pieces(results), output)
