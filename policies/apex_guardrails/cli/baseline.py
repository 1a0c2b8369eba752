"""`apex baseline`."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from apex_guardrails.cli.options import (
    AnyProgram,
    FromFile,
    ProjectName,
    SettingsFile,
    StackName,
    Timeout,
    check_project,
)
from apex_guardrails.support.errors import ExitCode

if TYPE_CHECKING:
    from collections.abc import Callable

    from apex_guardrails.judgement.entries import FindingEntry
    from apex_guardrails.judgement.pipeline import RunResult

baseline = typer.Typer(
    help="Records the findings that a stack has already, so that only new ones stop it.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
commands = typer.Typer(rich_markup_mode=None)
commands.add_typer(baseline, name="baseline")


@baseline.command("create")
def create(  # noqa: PLR0913, PLR0917 an option is a parameter
    stack: StackName = None,
    program: AnyProgram = None,
    source: FromFile = None,
    project: ProjectName = None,
    settings: SettingsFile = None,
    timeout: Timeout = 300,
    grow: Annotated[bool, typer.Option("--grow", help="Add to an existing record.")] = False,
) -> None:
    """Records the findings that stop a stack today, in policy-baseline.json beside the settings.

    Neither limits of the cost nor what an expired waiver covered are recorded.

    Exit codes: 0 recorded, or there is nothing to record; 2 wrong usage, an invalid file, or a
    record that may only shrink; 3 the program failed; 4 the pack failed.
    """
    from apex_guardrails.runs.baseline import record
    from apex_guardrails.support.text import one_line

    change = record(_judging(stack, program, source, project, settings, timeout), grow=grow)
    for finding, entry in change.added:
        typer.echo(f"  {finding.severity}: {one_line(str(entry))}")
    for finding, reason in change.left_out:
        typer.echo(f"  not recorded: {finding.rule}: {reason}")
    if change.added:
        typer.echo(
            f"{change.path}: {_counted([finding for finding, _ in change.added], change.stack)}"
        )
    else:
        typer.echo(
            f"{change.path}: {change.stack} has no finding that stops it and could be recorded"
        )


@baseline.command("update")
def update(  # noqa: PLR0913, PLR0917 an option is a parameter
    stack: StackName = None,
    program: AnyProgram = None,
    source: FromFile = None,
    project: ProjectName = None,
    settings: SettingsFile = None,
    timeout: Timeout = 300,
) -> None:
    """Takes out of the record what does not occur any more; adds nothing.

    Exit codes: 0 done; 2 wrong usage, an invalid file, or no record of the stack; 3 the program
    failed; 4 the pack failed.
    """
    _shrink(_judging(stack, program, source, project, settings, timeout), write=True)


@baseline.command("check")
def check(  # noqa: PLR0913, PLR0917 an option is a parameter
    stack: StackName = None,
    program: AnyProgram = None,
    source: FromFile = None,
    project: ProjectName = None,
    settings: SettingsFile = None,
    timeout: Timeout = 300,
) -> None:
    """Shows what the record holds that does not occur any more; changes nothing.

    Exit codes: 0 nothing; 1 something, which `apex baseline update` takes out; 2 wrong usage, an
    invalid file, or no record of the stack; 3 the program failed; 4 the pack failed.
    """
    if _shrink(_judging(stack, program, source, project, settings, timeout), write=False):
        raise typer.Exit(ExitCode.VIOLATION)


@baseline.command("schema")
def schema() -> None:
    """The JSON Schema of policy-baseline.json, for editors and other tools."""
    import json

    from apex_guardrails.settings import baseline_schema

    typer.echo(json.dumps(baseline_schema(), indent=2))


def _judging(  # noqa: PLR0913, PLR0917 each is an option of its own
    stack: str | None,
    program: Path | None,
    source: Path | None,
    project: str | None,
    settings: Path | None,
    timeout: float,
) -> Callable[[], RunResult]:
    """What judges the stack that is meant."""
    from functools import partial

    check_project(project, source)
    if source is not None:
        from apex_guardrails.runs.from_file import judge_file

        return partial(
            judge_file,
            source,
            settings,
            stack=stack,
            project=project,
            program=program,
            in_full=False,
        )
    from apex_guardrails.runs.preview import preview_offline
    from apex_guardrails.sources.offline.project import DEFAULT_STACK

    return partial(
        preview_offline,
        program or Path(),
        stack or DEFAULT_STACK,
        settings,
        timeout,
        in_full=False,
    )


def _shrink(judge: Callable[[], RunResult], *, write: bool) -> bool:
    """Shows what is, or could be, taken out; whether there is something."""
    from apex_guardrails.model.phrases import counted
    from apex_guardrails.runs.baseline import shrink
    from apex_guardrails.support.text import one_line

    change = shrink(judge, write=write)
    for entry in change.removed:
        typer.echo(f"  no longer occurs: {one_line(str(entry))}")
    left = len(change.kept) if write else len(change.kept) + len(change.removed)
    typer.echo(f"{change.path}: {counted(left, 'finding')} of {change.stack}")
    return bool(change.removed)


def _counted(findings: list[FindingEntry], stack: str) -> str:
    from apex_guardrails.model.phrases import counted

    counts = Counter(finding.severity for finding in findings)
    grades = sorted(counts, key=lambda severity: -severity.rank)
    by_grade = ", ".join(f"{counts[severity]} {severity}" for severity in grades)
    return f"recorded {counted(len(findings), 'finding')} of {stack} ({by_grade})"
