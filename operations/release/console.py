"""What the commands of releases have in common."""

from __future__ import annotations

from functools import partial
from typing import Annotated

import typer

from operations import console

POLL = 60
"""Seconds between two looks of a command that waits."""

Image = Annotated[
    str | None,
    typer.Option(help="What is released; without it what is under way, or the config's image."),
]
ToEnd = Annotated[bool, typer.Option("--all", help="Go on to the last step, and wait in between.")]

done = partial(console.done, "release")
"""Runs an operation of the command."""
