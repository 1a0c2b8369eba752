"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

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

Verbose = Annotated[
    bool,
    typer.Option(
        "--verbose",
        "-v",
        help="List what is in order, too: resources by component, waivers, changes of settings.",
    ),
]
