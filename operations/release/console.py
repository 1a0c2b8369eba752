"""What the commands of releases have in common."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from operations.errors import OperationError

ROOT = Path(__file__).resolve().parents[2]
POLL = 60
"""Seconds between two looks of a command that waits."""

StackName = Annotated[str, typer.Option("--stack", help="The stack.", show_default=False)]
Image = Annotated[
    str | None,
    typer.Option(help="What is released; without it what is under way, or the config's image."),
]
ToEnd = Annotated[bool, typer.Option("--all", help="Go on to the last step, and wait in between.")]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask.")]


def progress(text: str) -> None:
    """Writes where results are not."""
    sys.stderr.write(text)


def line(text: str) -> None:
    """Writes a line where results are not."""
    progress(f"{text}\n")


def done(operation: Callable[[], None]) -> None:
    """Runs a command, and ends with the exit code of what went wrong."""
    try:
        operation()
    except OperationError as error:
        typer.echo(f"release: {error}", err=True)
        raise typer.Exit(error.exit) from None
