"""`apex record`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from apex_guardrails.cli.options import ProgramFolder, SettingsFile, Timeout

commands = typer.Typer(rich_markup_mode=None)


@commands.command(
    epilog="\b\nExamples:\n  apex record\n  apex record --from network.json --from dns.json",
)
def record(  # noqa: PLR0913, PLR0917 an option is a parameter
    stack: Annotated[str, typer.Option("--stack", "-s", help="The stack to run.")] = "dev",
    program: ProgramFolder = Path(),
    settings: SettingsFile = None,
    states: Annotated[
        list[Path] | None,
        typer.Option(
            "--from",
            help="A state that may have what the program looks up, as `pulumi stack export` "
            "prints it; repeatable.",
        ),
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="The file; else standard output.")
    ] = None,
    timeout: Timeout = 300,
) -> None:
    """Records answers of functions for policy-pack.yaml: those that offline are assumed.

    What another stack's state has of a resource that the program looks up is taken from there,
    secrets left out. The rest is written as a comment, to be filled in.

    Exit codes: 0 written, or nothing is assumed; 2 wrong usage or an invalid file; 3 the program
    failed before it asked for anything.
    """
    from apex_guardrails.model.phrases import counted
    from apex_guardrails.runs.record import record_answers
    from apex_guardrails.support.files import write_text

    recorded = record_answers(program, stack, settings, timeout, states or [])
    number = counted(recorded.found + recorded.missing, "answer")
    typer.echo(f"apex: {number} assumed, {recorded.found:,} found in states", err=True)
    if output is not None:
        write_text(output, recorded.text)
    else:
        typer.echo(recorded.text, nl=False)
