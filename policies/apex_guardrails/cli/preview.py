"""`apex preview`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from apex_guardrails.cli.delivery import Formats, OutputFile, OutputFolder, delivery
from apex_guardrails.cli.options import (
    AnyProgram,
    CostBase,
    FromFile,
    ProjectName,
    SettingsFile,
    StackName,
    Timeout,
    Verbose,
    check_project,
    names,
)
from apex_guardrails.support.errors import ExitCode

if TYPE_CHECKING:
    from collections.abc import Callable

    from apex_guardrails.cli.delivery import Delivery
    from apex_guardrails.judgement.pipeline import RunResult
    from apex_guardrails.model import Severity
    from apex_guardrails.settings import Selection

commands = typer.Typer(rich_markup_mode=None)


@commands.command(
    epilog="\b\nExamples:\n  apex preview\n  apex preview --stack production\n"
    "  apex preview --checkov\n"
    "  apex preview --program ../other --settings policy-pack.yaml\n"
    "  apex preview --format sarif --output apex.sarif\n"
    "  apex preview --output-dir build/apex\n"
    "  apex preview --all .. --output-dir build/apex\n"
    "  pulumi preview --json | apex preview --from -\n"
    "  terraform show -json plan.out > plan.json; apex preview --from plan.json",
)
def preview(  # noqa: PLR0913, PLR0917 an option is a parameter
    folder: Annotated[
        Path | None,
        typer.Argument(metavar="[DIR]", help="Where --all looks.", show_default=False),
    ] = None,
    every: Annotated[
        bool,
        typer.Option(
            "--all",
            help="Judge every program in DIR and below, side by side, each for all of its stacks "
            "or for --stack.",
        ),
    ] = False,
    stack: StackName = None,
    program: AnyProgram = None,
    source: FromFile = None,
    project: ProjectName = None,
    settings: SettingsFile = None,
    timeout: Timeout = 300,
    cost_base: CostBase = None,
    checkov: Annotated[
        bool,
        typer.Option("--checkov", help="Run Checkov as well, whatever policy-pack.yaml says."),
    ] = False,
    formats: Formats = None,
    output: OutputFile = None,
    output_dir: OutputFolder = None,
    only: Annotated[
        list[str] | None,
        typer.Option(
            metavar="RULE", help="Evaluate only this rule, or these, with commas; repeatable."
        ),
    ] = None,
    skip: Annotated[
        list[str] | None, typer.Option(metavar="RULE", help="Skip this rule; repeatable.")
    ] = None,
    fail_on: Annotated[
        str | None,
        typer.Option(
            metavar="SEVERITY",
            help="Stop only for findings of this severity or worse: low, medium, high or critical.",
        ),
    ] = None,
    install: Annotated[
        bool,
        typer.Option("--install", help="First run the commands that bring what the program lacks."),
    ] = False,
    soft_fail: Annotated[
        bool, typer.Option("--soft-fail", help="Exit with 0 even if a mandatory rule fails.")
    ] = False,
    watch: Annotated[
        bool, typer.Option("--watch", "-w", help="Judge again whenever a file is saved.")
    ] = False,
    verbose: Verbose = False,
) -> None:
    """Runs a Pulumi program offline and judges what it would deploy.

    Neither the Pulumi CLI, nor a login, nor a cloud account is needed. --from judges what a
    pipeline has already: the JSON of pulumi preview or of terraform show.

    A --format goes to standard output instead of what people read, or beside it into --output or
    --output-dir; policy-pack.yaml can name a folder for reports of every run.

    Exit codes: 0 nothing mandatory fails; 1 a mandatory rule fails; 2 wrong usage, an invalid file,
    or a report that cannot be written; 3 the program failed; 4 the pack failed; 5 over a limit of
    the cost, and nothing else. Of several stacks 2 comes first, then 4, 3, 1, 5.
    """
    from functools import partial

    from apex_guardrails.reports import console
    from apex_guardrails.reports.terminal import StandardOutput
    from apex_guardrails.runs.preview import preview_offline
    from apex_guardrails.settings import Selection
    from apex_guardrails.sources.offline.project import DEFAULT_STACK
    from apex_guardrails.support.errors import UsageError

    wanted = delivery(formats, output, output_dir)
    selection = Selection(names(only), names(skip), _severity(fail_on), soft_fail)
    judging: dict[str, Any] = {
        "selection": selection,
        "cost_base": cost_base,
        "checkov": checkov,
        "in_full": wanted.is_anything or None,
    }
    if folder is not None and not every:
        raise UsageError(f"{folder}: a folder alone is for --all; --program names one program's")
    check_project(project, source)
    if every and (source is not None or cost_base is not None):
        which = "--from" if source is not None else "--cost-base"
        raise UsageError(f"{which}: is of one stack, and --all judges several")
    if watch and (every or source is not None):
        which = "--from" if source is not None else "--all"
        raise UsageError(f"{which}: cannot be watched; --watch is for one program")
    if install and source is None:
        _install(folder or program or Path(), stack, every=every)
    judge: Callable[..., RunResult] = partial(
        preview_offline, settings_file=settings, timeout=timeout, **judging
    )
    judged = DEFAULT_STACK if stack is None else stack
    if watch:
        from apex_guardrails.cli.watching import show_rounds

        _check_watched(program or Path(), settings, selection, wanted)
        show_rounds(
            partial(judge, program or Path(), judged),
            program or Path(),
            partial(_deliver, wanted),
            files=[file for file in (settings, cost_base) if file],
            written=[path for path in (output, output_dir) if path],
            is_verbose=verbose,
        )
        return
    if every:
        from apex_guardrails.cli.several import preview_all

        code = preview_all(
            folder or program or Path(),
            stack,
            lambda target, ask, starts: judge(target.folder, target.stack, ask=ask, starts=starts),
            wanted,
            _deliver,
            is_verbose=verbose,
        )
    else:
        if source is not None:
            from apex_guardrails.runs.from_file import judge_file

            result = judge_file(
                source, settings, stack=stack, project=project, program=program, **judging
            )
        else:
            result = judge(program or Path(), judged)
        if not wanted.is_printed:
            console.render(result.judgement, StandardOutput(), root=result.root, is_verbose=verbose)
        _deliver(wanted, result)
        code = ExitCode(result.judgement.exit_code)
    is_forgiven = soft_fail and code in (ExitCode.VIOLATION, ExitCode.OVER_BUDGET)
    raise typer.Exit(ExitCode.OK if is_forgiven else code)


def _install(folder: Path, stack: str | None, *, every: bool) -> None:
    """Brings what the program in a folder lacks, or those below it."""
    from apex_guardrails.runs import doctor
    from apex_guardrails.sources.offline.project import load_project
    from apex_guardrails.sources.offline.projects import targets

    folders = {target.folder for target in targets(folder, stack)} if every else {folder}
    for each in sorted(folders):
        doctor.install(load_project(each))


def _deliver(wanted: Delivery, result: RunResult) -> None:
    """Writes what the options and the settings ask for.

    Raises:
        UsageError: it cannot be written.
    """
    from apex_guardrails.reports.formats import folder_in, write_reports

    judgement, pipeline = result.judgement, result.pipeline
    wanted.deliver(judgement)
    folder = folder_in(pipeline.project or Path(), pipeline.settings.reports)
    if folder:
        write_reports(judgement, folder, pipeline.settings.reports.formats)


def _check_watched(
    program: Path, settings: Path | None, selection: Selection, wanted: Delivery
) -> None:
    """What no change of a file mends is said at once.

    Raises:
        UsageError: the options cannot be meant so.
    """
    from apex_guardrails.pack.rules import known_rules
    from apex_guardrails.settings import known_by, locate
    from apex_guardrails.sources.offline.project import PROJECT_FILES, load_project
    from apex_guardrails.support.errors import OwnRulesError, UsageError

    if wanted.is_printed:
        raise UsageError(
            f"--watch: shows what people read; --format {wanted.formats[0]} needs --output or "
            "--output-dir, whose files are written anew each time"
        )
    if not any((program / name).exists() for name in PROJECT_FILES):
        load_project(program)
    try:
        rules = known_by(locate(program, os.environ, settings), known_rules())
    except (UsageError, OwnRulesError):
        return  # said at each round, until it is mended
    selection.check(rules)


def _severity(name: str | None) -> Severity | None:
    from apex_guardrails.model import Severity
    from apex_guardrails.support.errors import UsageError

    if name is not None and name not in list(Severity):
        raise UsageError(f"--fail-on {name}: must be one of {', '.join(Severity)}")
    return Severity(name) if name else None
