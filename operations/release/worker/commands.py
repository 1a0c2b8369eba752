"""`scripts/release worker`: plan, promote, roll back and show the release of a stack's worker."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Annotated

import typer

from infra.names import prefixed
from infra.worker_release import POOL
from operations.console import ROOT, StackName, Yes, line
from operations.errors import Exit, OperationError
from operations.release.console import POLL, Image, ToEnd, done
from operations.release.worker.run import Builds, WorkerReleaseRun
from operations.release.worker.steps import Deploy, Step
from operations.release.worker.temporal import Queue, connected
from operations.stack import OperatedStack

app = typer.Typer(
    no_args_is_help=True,
    help="Release an image of the worker: the old one finishes the workflows that it began.",
)
Longest = Annotated[float, typer.Option(min=0, help="Hours that --all waits at most.")]


@app.command()
def status(stack: StackName) -> None:
    """Show which build gets new workflows, and what the other one still has."""
    done(lambda: typer.echo(_release(stack).status()))


@app.command()
def plan(stack: StackName, image: Image = None) -> None:
    """Show what promote and rollback would do. Nothing changes."""

    def show() -> None:
        release = _release(stack)
        typer.echo(release.status())
        typer.echo(f"promote would {_told(lambda: release.forward(image))}")
        typer.echo(f"rollback would {_told(release.back)}")

    done(show)


@app.command()
def promote(
    stack: StackName,
    image: Image = None,
    *,
    to_end: ToEnd = False,
    longest: Longest = 24,
    undrained: Annotated[
        bool, typer.Option("--undrained", help="End it even if the old build has open workflows.")
    ] = False,
) -> None:
    """Take the release one step further; the old instances go when their workflows are closed."""

    def go() -> None:
        release = _release(stack)
        take(
            lambda: release.promote(image, undrained=undrained),
            is_last=lambda step: step is None,
            hours=longest if to_end else None,
        )

    done(go)


@app.command()
def rollback(
    stack: StackName,
    *,
    to_end: ToEnd = False,
    longest: Longest = 24,
    yes: Yes = False,
) -> None:
    """Take the release a step back: new workflows begin on the old build, the new one drains."""

    def go() -> None:
        release = _release(stack)
        if not yes:
            typer.echo(f"{release.back()}")
            typer.confirm("Roll back?", abort=True)
        take(
            release.rollback,
            is_last=lambda step: isinstance(step, Deploy),
            hours=longest if to_end else None,
        )

    done(go)


def take(
    step: Callable[[], Step | None],
    *,
    is_last: Callable[[Step | None], bool],
    hours: float | None,
    sleep: Callable[[float], None] = time.sleep,
) -> None:
    """Takes one step, or all of them.

    Args:
        step: Takes it.
        is_last: Whether none comes after it.
        hours: How long all of them wait at most; `None` for one step.
        sleep: Waits for some seconds.

    Raises:
        OperationError: it cannot be done, or not in that time.
    """
    waited = 0.0
    while True:
        try:
            taken = step()
        except OperationError as error:
            if hours is None or error.exit is not Exit.NOT_YET:
                raise
            if waited >= hours * 3600:
                raise OperationError(
                    f"{error}. {hours:g} h have passed: the same command goes on waiting",
                    error.exit,
                ) from None
            line(f"{error}")
            sleep(POLL)
            waited += POLL
            continue
        typer.echo("nothing to do" if taken is None else f"done: {taken}")
        if hours is None or is_last(taken):
            return


def _told(step: Callable[[], Step | None]) -> str:
    try:
        return str(step() or "do nothing")
    except OperationError as error:
        return f"not: {error}"


def _release(name: str) -> WorkerReleaseRun:
    stack = OperatedStack.selected(name, ROOT, line)

    @contextmanager
    def temporal() -> Iterator[Builds]:
        address = stack.config("temporal-address")
        secrets = stack.secrets()
        certificate, key = (secrets.get(f"temporal-tls-{it}") for it in ("certificate", "key"))
        if not address or certificate is None or key is None:
            raise OperationError(
                "temporal-address, temporal-tls-certificate and temporal-tls-key: the workers' way "
                "to Temporal is not set; pulumi config set"
            )
        queue = Queue(
            address,
            stack.config("temporal-namespace"),
            stack.config("temporal-task-queue"),
            deployment=prefixed(stack.config("name-prefix"), POOL),
        )
        with connected(queue, certificate.get_secret_value(), key.get_secret_value()) as found:
            yield found

    return WorkerReleaseRun(stack, temporal, line)
