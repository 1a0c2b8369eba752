"""`scripts/release`: plan, promote, roll back and show the release of a stack's API."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from operations.errors import Exit, OperationError
from operations.release.gates import Limits
from operations.release.monitoring import measure, session
from operations.release.run import Gates, Patience, ReleaseRun
from operations.smoke import smoke
from operations.stack import OperatedStack

ROOT = Path(__file__).resolve().parents[2]
_POLL = 60  # seconds between two looks of `promote --all`

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    help="Release an image of the API: first to nobody, then to more and more, each step gated.",
)
Stack = Annotated[str, typer.Option(help="The stack.", show_default=False)]
Image = Annotated[
    str | None,
    typer.Option(help="What is released; without it what is under way, or the config's api-image."),
]


@app.command()
def status(stack: Stack) -> None:
    """Show which revision gets how many of the requests."""
    _done(lambda: typer.echo(_release(stack).status()))


@app.command()
def plan(stack: Stack, image: Image = None) -> None:
    """Show what promote and rollback would do. Nothing changes."""

    def show() -> None:
        release = _release(stack)
        typer.echo(release.status())
        forward = release.forward(image)
        typer.echo(f"promote would {forward}" if forward else "promote would do nothing")
        try:
            back = ", then ".join(map(str, release.back()))
        except OperationError as error:
            back = f"not: {error}"
        typer.echo(f"rollback would {back}")

    _done(show)


@app.command()
def deploy(stack: Stack, image: Image = None) -> None:
    """Deploy the program. Another image of the API becomes the candidate, and is smoke-tested."""
    _done(lambda: typer.echo(f"done: {_release(stack).deploy(image)}"))


@app.command()
def hold(stack: Stack) -> None:
    """Set in the stack's file what is deployed of the API, so that a preview leaves it alone."""
    _done(lambda: typer.echo(f"set: {_release(stack).hold()}"))


@app.command()
def promote(  # noqa: PLR0913 - its options
    stack: Stack,
    image: Image = None,
    *,
    to_end: Annotated[
        bool, typer.Option("--all", help="Go on to the last step, and wait in between.")
    ] = False,
    soak: Annotated[float, typer.Option(min=0, help="Minutes at each percentage.")] = 10,
    warm: Annotated[float, typer.Option(min=0, help="Minutes at 100 %, before the end.")] = 30,
    max_errors: Annotated[
        float, typer.Option(min=0, max=1, help="Share of the requests that may fail.")
    ] = Limits.error_ratio,
    max_latency: Annotated[
        float, typer.Option(min=0, help="Milliseconds that 95 of 100 requests stay under.")
    ] = Limits.latency_p95_ms,
    min_requests: Annotated[
        int, typer.Option(min=0, help="Requests that it takes to judge by.")
    ] = Limits.requests,
) -> None:
    """Take the release one step further, if the smoke tests and the metrics let it."""
    limits = Limits(max_errors, max_latency, min_requests)
    patience = Patience(timedelta(minutes=soak), timedelta(minutes=warm))

    def go() -> None:
        release = _release(stack, limits, patience)
        while True:
            try:
                step = release.promote(image)
            except OperationError as error:
                if not to_end or error.exit is not Exit.NOT_YET:
                    raise
                _progress(f"{error}\n")
                time.sleep(_POLL)
                continue
            typer.echo("nothing to do" if step is None else f"done: {step}")
            if step is None or not to_end:
                break

    _done(go)


@app.command()
def rollback(
    stack: Stack,
    *,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """End the release as if it had not been; without one, deploy the image before again."""

    def go() -> None:
        release = _release(stack)
        if not yes:
            typer.echo("\n".join(map(str, release.back())))
            typer.confirm("Roll back?", abort=True)
        for step in release.rollback():
            typer.echo(f"done: {step}")

    _done(go)


def _release(
    stack: str, limits: Limits | None = None, patience: Patience | None = None
) -> ReleaseRun:
    gates = Gates(
        smoke=partial(smoke, say=_progress),
        measure=lambda revision, seconds: measure(session(), revision, seconds),
        limits=limits or Limits(),
    )
    return ReleaseRun(
        OperatedStack.selected(stack, ROOT, _line),
        gates,
        patience or Patience(),
        _line,
        lambda: datetime.now(UTC),
    )


def _progress(text: str) -> None:
    sys.stderr.write(text)


def _line(text: str) -> None:
    _progress(f"{text}\n")


def _done(operation: Callable[[], None]) -> None:
    try:
        operation()
    except OperationError as error:
        typer.echo(f"release: {error}", err=True)
        raise typer.Exit(error.exit) from None


if __name__ == "__main__":
    app(prog_name="release")
