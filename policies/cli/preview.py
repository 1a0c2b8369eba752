"""`apex preview`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from policies.cli.options import ProgramFolder, SettingsFile, Timeout, exit_code

commands = typer.Typer(rich_markup_mode=None)


@commands.command(
    epilog="\b\nExamples:\n  apex preview\n  apex preview --stack production\n"
    "  apex preview --checkov\n"
    "  apex preview --program ../other --settings policy-pack.yaml",
)
def preview(  # noqa: PLR0913, PLR0917
    stack: Annotated[str, typer.Option("--stack", "-s", help="The stack to judge.")] = "dev",
    program: ProgramFolder = Path(),
    settings: SettingsFile = None,
    timeout: Timeout = 300,
    cost_base: Annotated[
        Path | None,
        typer.Option(help="A JSON of apex cost: what the stack cost before, for max_increase."),
    ] = None,
    checkov: Annotated[
        bool,
        typer.Option("--checkov", help="Let Checkov judge, too, whatever policy-pack.yaml says."),
    ] = False,
) -> None:
    """Runs a Pulumi program offline and judges what it would deploy.

    Neither the Pulumi CLI, nor a login, nor a cloud account is needed.

    Exit codes: 0 may be deployed; 1 a mandatory rule fails; 2 wrong usage or an invalid file;
    3 the program failed; 4 the pack failed; 5 over a limit of the cost, and nothing else.
    """
    from policies.preview import preview_offline
    from policies.reports import console as report_console

    report = preview_offline(program, stack, settings, timeout, cost_base, checkov=checkov)
    report_console.render(report, report_console.StandardOutput())
    raise typer.Exit(exit_code(report))
