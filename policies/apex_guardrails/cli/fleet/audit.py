"""`apex fleet audit`."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from apex_guardrails.support.errors import ExitCode

if TYPE_CHECKING:
    from apex_guardrails.fleet.audit import Outcome

commands = typer.Typer(rich_markup_mode=None)


@commands.command(
    epilog="\b\nExamples:\n  apex fleet audit gs://acme-pulumi-state --results gs://acme-apex\n"
    "  apex fleet audit ./states 's3://acme-states/team-*' --results results --jobs 8\n"
    "  apex fleet audit gs://acme-pulumi-state --results gs://acme-apex --resume\n"
    "  apex fleet audit gs://states --results gs://apex --scheduler tcp://scheduler:8786",
)
def audit(  # noqa: PLR0913, PLR0917 an option is a parameter
    sources: Annotated[
        list[str],
        typer.Argument(
            metavar="SOURCE...",
            help="Folders, patterns, and buckets (gs://, s3://, az://) with the states of stacks.",
            show_default=False,
        ),
    ],
    results: Annotated[
        str, typer.Option(metavar="DEST", help="The folder or bucket for the tables.")
    ],
    jobs: Annotated[
        int, typer.Option("--jobs", "-j", min=1, help="Processes on this machine.")
    ] = 1,
    scheduler: Annotated[
        str,
        typer.Option(metavar="ADDRESS", help="A Dask cluster that exists: tcp://host:8786."),
    ] = "",
    shard: Annotated[
        str,
        typer.Option(
            metavar="I/N",
            help="Only one of N parts of the fleet, counted from 0; else what a Cloud Run job says "
            "of its task.",
        ),
    ] = "",
    resume: Annotated[
        bool,
        typer.Option(
            "--resume",
            help="Go on with a run that was stopped; begin anew if there is none, or it used other "
            "settings.",
        ),
    ] = False,
    date: Annotated[
        str, typer.Option(metavar="DAY", help="The day of the rows, such as 2026-12-01; today.")
    ] = "",
    settings: Annotated[
        Path | None,
        typer.Option(help="The fleet's settings file; else $APEX_SETTINGS, else the defaults."),
    ] = None,
    checkouts: Annotated[
        Path | None,
        typer.Option(
            help="A folder with checkouts: a project's own policy-pack.yaml in it counts first."
        ),
    ] = None,
    owners: Annotated[
        Path | None,
        typer.Option(help="A file with a pattern of stacks and their owner in each line."),
    ] = None,
    owner_tag: Annotated[
        str, typer.Option(metavar="KEY", help="The tag of a stack that names its owner.")
    ] = "",
    owner_label: Annotated[
        str, typer.Option(metavar="KEY", help="The resource label that names the owner.")
    ] = "",
    memory_limit: Annotated[
        int,
        typer.Option(
            metavar="MB", min=0, help="Memory for judging one stack, in each process; 0 for none."
        ),
    ] = 2048,
    patience: Annotated[
        float,
        typer.Option(metavar="SECONDS", min=1, help="How long to retry a bucket that is busy."),
    ] = 180,
    exit_zero: Annotated[
        bool,
        typer.Option(
            "--exit-zero",
            help="Exit 0 once the tables are written, even if rules fail or states could not be "
            "judged.",
        ),
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Show no progress.")] = False,
) -> None:
    """Judges the stacks whose states lie in buckets and folders, and writes tables.

    Neither programs, nor Pulumi, nor a cloud account of theirs is needed, and nothing is changed.

    Exit codes: 0 in order; 1 a mandatory rule fails; 2 wrong usage, or a state that cannot be
    judged (the others are); 3 the cluster was lost (--resume goes on), or another run of the same
    shard was faster; 4 the pack failed; 5 over a limit of the cost, and nothing else.
    """
    import sys

    from apex_guardrails.fleet.extra import need

    need("obstore", "pyarrow", *(["distributed"] if jobs > 1 or scheduler else []))
    from apex_guardrails.fleet.audit import Asked, audit_fleet
    from apex_guardrails.fleet.options import day_of, shard_of
    from apex_guardrails.fleet.owners import Owners, read_owners
    from apex_guardrails.fleet.plan import Plan
    from apex_guardrails.fleet.progress import Progress

    today = datetime.now(UTC).date()
    number, shards = shard_of(shard)
    plan = Plan(
        day_of(date) if date else today,
        number,
        shards,
        settings,
        checkouts,
        Owners(read_owners(owners) if owners else (), owner_tag, owner_label),
        memory_limit,
        tuple(sources),
    )
    asked = Asked(
        results,
        plan,
        jobs,
        scheduler,
        is_resumed=resume,
        is_day_given=bool(date),
        patience=patience,
    )
    outcome = audit_fleet(asked, Progress(quiet, sys.stderr.isatty()))
    typer.echo(_summary(outcome))
    is_told = outcome.exit_code is ExitCode.PACK_FAILED or not exit_zero
    raise typer.Exit(outcome.exit_code if is_told else ExitCode.OK)


def _summary(outcome: Outcome) -> str:
    """What came of it, in a few lines."""
    from apex_guardrails.model.phrases import counted

    in_order = outcome.codes[ExitCode.OK]
    failed = sum(outcome.failures.values())
    judged = outcome.states - failed
    states = counted(outcome.states, "state")
    wrong = judged - in_order
    lines = [f"{states}: {in_order:,} in order, {wrong:,} not in order, {failed:,} not judged"]
    lines += [f"  {number:,} {kind}" for kind, number in sorted(outcome.failures.items())]
    lines.append(f"the tables are in {outcome.destination}")
    return "\n".join(lines)
