"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

StackName = Annotated[
    str | None,
    typer.Option("--stack", "-s", help="The stack; dev if left out.", show_default=False),
]
ProgramFolder = Annotated[Path, typer.Option(help="The folder with the program's Pulumi.yaml.")]
AnyProgram = Annotated[Path | None, typer.Option(help="The folder with the program's Pulumi.yaml.")]
"""Where a file may stand in for the program."""
SettingsFile = Annotated[
    Path | None,
    typer.Option(
        help="The settings file; else $APEX_SETTINGS, else policy-pack.yaml beside Pulumi.yaml."
    ),
]
FromFile = Annotated[
    Path | None,
    typer.Option(
        "--from",
        metavar="FILE",
        help="What another tool wrote, instead of a program that is run: the JSON of pulumi "
        "preview, the engine's event log, or the JSON of terraform show; - is standard input.",
    ),
]
ProjectName = Annotated[
    str | None,
    typer.Option(metavar="NAME", help="What to call a project whose file has no name for it."),
]
CostBase = Annotated[
    Path | None,
    typer.Option(
        help="What the stack cost before: the JSON of apex cost, or of a judgement; else cost.base."
    ),
]
Timeout = Annotated[float, typer.Option(min=1, help="Seconds that the program may take.")]

Verbose = Annotated[
    bool,
    typer.Option(
        "--verbose",
        "-v",
        help="List what is in order, too: resources by component, waivers, changes of settings.",
    ),
]


def check_project(project: str | None, source: Path | None) -> None:
    """Refuses `--project` without `--from`.

    Raises:
        UsageError: a program's project has its name already.
    """
    from apex_guardrails.support.errors import UsageError

    if project is not None and source is None:
        raise UsageError("--project: is for --from; a program's project is named in Pulumi.yaml")


def names(given: list[str] | None) -> list[str]:
    """The rules that an option names; several may stand in one, with commas."""
    return [name.strip() for item in given or () for name in item.split(",")]
