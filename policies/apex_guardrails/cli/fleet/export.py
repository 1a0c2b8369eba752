"""`apex fleet export`: the tables as other systems take them."""

from __future__ import annotations

import enum
from typing import Annotated

import typer

from apex_guardrails.cli.delivery import OutputFile
from apex_guardrails.cli.fleet.report import Destination, deliver

commands = typer.Typer(rich_markup_mode=None)


class FleetExport(enum.StrEnum):
    """What takes the tables."""

    BIGQUERY = "bigquery"


@commands.command(
    epilog="\b\nExamples:\n"
    "  apex fleet export gs://acme-apex --format bigquery --dataset acme-ops.apex_fleet",
)
def export(
    place: Destination,
    _form: Annotated[FleetExport, typer.Option("--format", help="What takes the tables.")],
    output: OutputFile = None,
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

    bigquery is SQL for `bq query`: external tables over the files in a bucket, and the report's
    tables as views.

    Exit codes: 0 written; 2 wrong usage, no results, or results of another schema version.
    """
    from apex_guardrails.fleet.exports import bigquery
    from apex_guardrails.support.errors import UsageError

    if dataset is None:
        raise UsageError("--dataset is missing: the data set for the tables, PROJECT.DATASET")
    deliver(bigquery.statements(place, dataset, has_tables=has_tables), output)
