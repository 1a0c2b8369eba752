"""`scripts/release`: plan, promote, roll back and show the release of a stack's API."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Annotated

import typer

from operations.console import ROOT, StackName, Yes, line, progress
from operations.release.console import POLL, Image, ToEnd, done
from operations.release.gates import Limits
from operations.release.monitoring import measure, session
from operations.release.run import Gates, Patience, ReleaseRun
from operations.release.worker.commands import app as worker
from operations.smoke import smoke
from operations.stack import OperatedStack

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    help="Release an image of the API: first to nobody, then to more and more, each step gated.",
)
app.add_typer(worker, name="worker")


@app.command()
def status(stack: StackName) -> None:
    """Show which revision gets how many of the requests."""
    done(lambda: typer.echo(_release(stack).status()))


@app.command()
def plan(stack: StackName, image: Image = None) -> None:
    """Show what promote and rollback would do. Nothing changes."""
    done(lambda: typer.echo(_release(stack).plan(image)))


@app.command()
def deploy(stack: StackName, image: Image = None) -> None:
    """Deploy the program. Another image of the API becomes the candidate, and is smoke-tested."""
    done(lambda: typer.echo(f"done: {_release(stack).deploy(image)}"))


@app.command()
def hold(stack: StackName) -> None:
    """Set in the stack's file what is deployed of the API, so that a preview leaves it alone."""
    done(lambda: typer.echo(f"set: {_release(stack).hold()}"))


@app.command()
def promote(  # noqa: PLR0913 - its options
    stack: StackName,
    image: Image = None,
    *,
    to_end: ToEnd = False,
    begin: Annotated[
        bool, typer.Option("--begin/--no-begin", help="With --all: begin a release, if need be.")
    ] = True,
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
        if not to_end:
            step = release.promote(image)
            typer.echo("nothing to do" if step is None else f"done: {step}")
            return
        release.promote_to_end(
            image,
            may_begin=begin,
            wait=lambda: time.sleep(POLL),
            tell=lambda step: typer.echo(f"done: {step}"),
        )
        typer.echo("nothing more to do")

    done(go)


@app.command()
def rollback(
    stack: StackName,
    *,
    yes: Yes = False,
) -> None:
    """End the release as if it had not been; without one, deploy the image before again."""

    def go() -> None:
        release = _release(stack)
        service, taken = release.back()
        if not yes:
            typer.echo("\n".join(map(str, taken)))
            typer.confirm("Roll back?", abort=True)
        release.rollback(service, taken)
        for step in taken:
            typer.echo(f"done: {step}")

    done(go)


def _release(
    stack: str, limits: Limits | None = None, patience: Patience | None = None
) -> ReleaseRun:
    gates = Gates(
        smoke=partial(smoke, say=progress),
        measure=lambda revision, seconds: measure(session(), revision, seconds),
        limits=limits or Limits(),
    )
    return ReleaseRun(
        OperatedStack.selected(stack, ROOT, line),
        gates,
        patience or Patience(),
        line,
        lambda: datetime.now(UTC),
    )


if __name__ == "__main__":
    app(prog_name="release")
