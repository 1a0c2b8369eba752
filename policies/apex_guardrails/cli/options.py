"""Options that several commands share, and the exit code of a judgement."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from apex_guardrails.support.errors import ExitCode

if TYPE_CHECKING:
    from apex_guardrails.judgement import Report

ProgramFolder = Annotated[Path, typer.Option(help="The folder with the program's Pulumi.yaml.")]
SettingsFile = Annotated[
    Path | None,
    typer.Option(
        help="The settings file; else $APEX_SETTINGS, else policy-pack.yaml beside Pulumi.yaml."
    ),
]
CostBase = Annotated[
    Path | None,
    typer.Option(
        help="What the stack cost before: the JSON of apex cost, or of a judgement; else cost.base."
    ),
]
Timeout = Annotated[float, typer.Option(min=1, help="Seconds that the program may take.")]


def exit_code(report: Report) -> ExitCode:
    """What `apex` ends with after a judgement."""
    return report.exit_code
