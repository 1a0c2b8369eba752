"""`apex doctor`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from apex_guardrails.cli.options import ProgramFolder
from apex_guardrails.support.errors import ExitCode

if TYPE_CHECKING:
    from apex_guardrails.sources.offline.project import Project

commands = typer.Typer(rich_markup_mode=None)


@commands.command(epilog="\b\nExamples:\n  apex doctor\n  apex doctor --program ../other")
def doctor(program: ProgramFolder = Path()) -> None:
    """Says what a program needs to be run here, what is missing, and the command that brings it.

    In a folder without a Pulumi.yaml, it is about every program below.

    Exit codes: 0 all can be run; 2 something is missing, the settings are not valid, or there is no
    program.
    """
    from apex_guardrails.runs.doctor import machine, programs

    tools = machine()
    width = max(len(tool.name) for tool in tools)
    typer.echo("this machine:")
    for tool in tools:
        typer.echo(f"  {tool.name:{width}}  {tool.found or 'not found'}")
    can_all = [_examine(project) for project in programs(program)]
    raise typer.Exit(ExitCode.OK if all(can_all) else ExitCode.USAGE)


def _examine(project: Project) -> bool:
    """Says what one program needs, and whether all of it is there."""
    from apex_guardrails.runs.doctor import needs_of, settings_problem

    typer.echo(f"\n{project.name}, {project.content.runtime.name}, in {project.root}:")
    needs = needs_of(project)
    for need in needs:
        found = need.found is not None
        said = need.found if found else need.remedy()
        typer.echo(f"  {'ok' if found else 'missing':7}  {need.name}: {said}")
    missing = [need for need in needs if need.found is None]
    problem = settings_problem(project)
    if problem:
        typer.echo(f"  {'wrong':7}  settings: {problem}")
    if problem and not missing:
        typer.echo("it cannot be run yet: mend the settings")
    elif not missing:
        typer.echo("it can be run: apex preview")
    elif any(need.installation for need in missing):
        typer.echo("it cannot be run yet; `apex preview --install` runs these commands")
    else:
        typer.echo("it cannot be run yet")
    return not missing and not problem
