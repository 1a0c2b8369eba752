"""`apex export`: what a program would deploy, for other tools."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from apex_guardrails.cli.options import ProgramFolder, SettingsFile, Timeout

commands = typer.Typer(rich_markup_mode=None)


@commands.command(
    epilog="\b\nExamples:\n  apex export --terraform-plan --output plan.json\n"
    "  apex export --terraform-plan --stack production | conftest test -",
)
def export(  # noqa: PLR0913, PLR0917 an option is a parameter
    terraform_plan: Annotated[
        bool,
        typer.Option(
            "--terraform-plan", help="As the JSON of a Terraform plan, which many tools read."
        ),
    ] = False,
    stack: Annotated[str, typer.Option("--stack", "-s", help="The stack to export.")] = "dev",
    program: ProgramFolder = Path(),
    settings: SettingsFile = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="The file; else standard output.")
    ] = None,
    timeout: Timeout = 300,
) -> None:
    """Runs a Pulumi program offline and writes what it would deploy for other tools.

    What is not known before deployment is marked so; the value of a secret is nowhere in it. What
    is not in it is named on standard error.

    Exit codes: 0 written; 2 wrong usage or an invalid file; 3 the program failed.
    """
    from apex_guardrails.runs.preview import export_offline
    from apex_guardrails.support.errors import UsageError
    from apex_guardrails.support.files import write_text

    if not terraform_plan:
        raise UsageError("export: no form given; --terraform-plan is the only one")
    plan = export_offline(program, stack, settings, timeout)
    for warning in plan.warnings():
        typer.echo(f"apex: {warning}", err=True)
    if output is None:
        typer.echo(plan.text(), nl=False)
    else:
        write_text(output, plan.text())
