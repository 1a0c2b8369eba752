"""`scripts/rotate`: a new value for some of a stack's secrets, without downtime."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from pydantic import SecretStr

from operations.console import ROOT, StackName, Yes, done, line, progress
from operations.errors import OperationError
from operations.rotation import keys as particular
from operations.rotation.run import RotationRun
from operations.smoke import smoke
from operations.stack import OperatedStack

# A traceback with the values of variables could have a secret in it.
app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
def rotate(  # noqa: PLR0913 - its options
    stack: StackName,
    keys: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="KEY",
            help="Secret config keys. Without any, show which rotation is under way.",
            show_default=False,
        ),
    ] = None,
    *,
    generate: Annotated[
        bool, typer.Option("--generate", help="Generate random values, and show them to nobody.")
    ] = False,
    file: Annotated[
        list[str] | None,
        typer.Option(metavar="KEY=PATH", help="A value is what a file has.", show_default=False),
    ] = None,
    back: Annotated[
        bool, typer.Option("--back", help="Take back the rotation that is under way.")
    ] = False,
    done_by_hand: Annotated[
        bool, typer.Option("--done-by-hand", help="What a rotation needs by hand has been done.")
    ] = False,
    skip_smoke: Annotated[
        bool,
        typer.Option("--skip-smoke", help="In an emergency: do not ask whether the API works."),
    ] = False,
    yes: Yes = False,
) -> None:
    """Give secrets another value: a new version, then the smoke tests, then the old one goes.

    A value is asked for, or read from standard input; it is never part of the command.
    """

    def go() -> None:
        run = RotationRun(
            OperatedStack.selected(stack, ROOT, line),
            None if skip_smoke else partial(smoke, say=progress),
            line,
            done_by_hand=done_by_hand,
        )
        if back:
            typer.echo(run.status())
            if not yes:
                typer.confirm("Take it back?", abort=True)
            _tell("taken back", run.back(), stack)
        elif keys:
            sources = _files(file or [])
            once = list(dict.fromkeys(keys))
            _tell(
                "rotated",
                run.rotate(once, partial(_values, files=sources, generate=generate)),
                stack,
            )
        else:
            typer.echo(run.status())

    done("rotate", go)


def _tell(what: str, keys: Sequence[str], stack: str) -> None:
    if keys:
        typer.echo(f"{what}: {', '.join(keys)}. Commit Pulumi.{stack}.yaml")
    else:
        typer.echo("nothing to do")


def _files(given: Sequence[str]) -> dict[str, Path]:
    # What is given here may be a value by mistake, so no message shows it.
    files: dict[str, Path] = {}
    for pair in given:
        key, separator, path = pair.partition("=")
        if not separator:
            raise OperationError("--file: expected KEY=PATH")
        files[key] = Path(path)
    return files


def _values(keys: Sequence[str], *, files: dict[str, Path], generate: bool) -> dict[str, SecretStr]:
    for key in files.keys() - set(keys):
        raise OperationError(f"--file: {key} is not among the keys that are rotated")
    values = {key: particular.accepted(key, _text(key, path)) for key, path in files.items()}
    rest = [key for key in keys if key not in values]
    if generate:
        return values | {key: particular.generated(key) for key in rest}
    if rest and _is_a_terminal():
        return values | {key: particular.accepted(key, _asked(key)) for key in rest}
    if len(rest) > 1:
        raise OperationError(
            f"standard input has one value, and {', '.join(rest)} need {len(rest)}: use --generate "
            "or --file, or a terminal"
        )
    return values | {key: particular.accepted(key, sys.stdin.read()) for key in rest}


def _is_a_terminal() -> bool:
    return sys.stdin.isatty()


def _asked(key: str) -> str:
    return str(typer.prompt(key, hide_input=True, confirmation_prompt=True))


def _text(key: str, path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except (OSError, ValueError):
        raise OperationError(f"--file {key}=...: there is no such file, or no text in it") from None


if __name__ == "__main__":
    app(prog_name="rotate")
