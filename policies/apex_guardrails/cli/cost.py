"""`apex cost`."""

from __future__ import annotations

import enum
from pathlib import Path
from typing import Annotated

import typer

from apex_guardrails.cli.options import (
    AnyProgram,
    FromFile,
    ProjectName,
    SettingsFile,
    StackName,
    Timeout,
    check_project,
)

commands = typer.Typer(rich_markup_mode=None)


class CostFormat(enum.StrEnum):
    """How an estimate is shown."""

    TABLE = "table"
    JSON = "json"


@commands.command(
    epilog="\b\nExamples:\n  apex cost\n  apex cost --stack production --format json > base.json\n"
    "  apex cost --stack production --against base.json\n"
    "  apex cost --from plan.json",
)
def cost(  # noqa: PLR0913, PLR0917 each is an option of its own
    stack: StackName = None,
    program: AnyProgram = None,
    source: FromFile = None,
    project: ProjectName = None,
    settings: SettingsFile = None,
    output_format: Annotated[
        CostFormat, typer.Option("--format", help="A table, or JSON with every component.")
    ] = CostFormat.TABLE,
    against: Annotated[
        Path | None, typer.Option(help="A JSON of another run: shows what differs from it.")
    ] = None,
    timeout: Timeout = 300,
) -> None:
    """Estimates what a stack would cost in a month, before anything is deployed.

    What has no price is listed, and is in no total. Prices, and what is assumed of the stack's
    use, are shown with the estimate.

    Exit codes: 0 within the limits; 1 a limit cannot be judged, as something has no price; 2 wrong
    usage or an invalid file; 3 the program failed; 5 over a limit that policy-pack.yaml sets and
    enforces.
    """
    from apex_guardrails.cli.tables import cost as cost_report

    check_project(project, source)
    if source is not None:
        from apex_guardrails.runs.from_file import cost_of_file

        report = cost_of_file(
            source, settings, against, stack=stack, project=project, program=program
        )
    else:
        from apex_guardrails.runs.preview import cost_offline
        from apex_guardrails.sources.offline.project import DEFAULT_STACK

        report, _ = cost_offline(
            program or Path(), stack or DEFAULT_STACK, settings, timeout, against
        )
    if output_format is CostFormat.JSON:
        typer.echo(cost_report.as_json(report))
    else:
        cost_report.show(report)
    raise typer.Exit(report.exit_code)
