"""What the operators' commands have in common."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from operations.errors import OperationError

ROOT = Path(__file__).resolve().parents[1]
StackName = Annotated[str, typer.Option("--stack", help="The stack.", show_default=False)]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask.")]


def progress(text: str) -> None:
    """Writes where results are not."""
    sys.stderr.write(text)


def line(text: str) -> None:
    """Writes a line where results are not."""
    progress(f"{text}\n")


def done(command: str, operation: Callable[[], None]) -> None:
    """Runs an operation of a command, and ends with the exit code of what went wrong."""
    try:
        operation()
    except OperationError as error:
        typer.echo(f"{command}: {error}", err=True)
        raise typer.Exit(error.exit) from None
