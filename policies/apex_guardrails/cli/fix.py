"""`apex fix`: changes a program's own lines."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from apex_guardrails.cli.options import (
    ProgramFolder,
    SettingsFile,
    Timeout,
    names,
)

commands = typer.Typer(rich_markup_mode=None)


@commands.command(
    epilog="\b\nExamples:\n  apex fix\n  apex fix | git apply\n"
    "  apex fix --only storage-uniform-access --write",
)
def fix(  # noqa: PLR0913, PLR0917 an option is a parameter
    diff: Annotated[
        bool, typer.Option("--diff", help="Print what would change; so it is without --write.")
    ] = False,
    write: Annotated[bool, typer.Option("--write", help="Change the program's files.")] = False,
    stack: Annotated[str, typer.Option("--stack", "-s", help="The stack to judge.")] = "dev",
    program: ProgramFolder = Path(),
    settings: SettingsFile = None,
    only: Annotated[
        list[str] | None,
        typer.Option(
            metavar="RULE", help="Mend only this rule, or these, with commas; repeatable."
        ),
    ] = None,
    skip: Annotated[
        list[str] | None, typer.Option(metavar="RULE", help="Skip this rule; repeatable.")
    ] = None,
    timeout: Timeout = 300,
) -> None:
    """Runs a Pulumi program offline and mends its own lines where a rule has a remedy.

    The difference goes to standard output, for git apply at the repository's root. A value is
    changed where the program has it as a literal, and added where the call is written out; what is
    not certain is named on standard error, to be mended by hand. Findings with a waiver stay.

    Exit codes: 0 shown or written, whatever the rules say; 2 wrong usage, an invalid file, or a
    file that cannot be written; 3 the program failed, and nothing is changed; 4 the pack failed.
    """
    from apex_guardrails.runs.fix import fix_offline
    from apex_guardrails.settings import Selection

    selection = Selection(names(only), names(skip))
    found = fix_offline(program, stack, settings, timeout, selection)
    if diff or not write:
        typer.echo(found.diff(), nl=False)
    written = found.write() if write else []
    for line in (*found.lines(), *(f"changed {path}" for path in written)):
        typer.echo(f"apex: {line}", err=True)
