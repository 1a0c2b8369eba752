"""One offline preview: from a program's folder to a report, on its rules or its cost, or a plan."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from apex_guardrails.checkov import TerraformPlan, terraform_plan
from apex_guardrails.judgement.circumstances import Run, Source, repository_root
from apex_guardrails.judgement.pipeline import Pipeline, RunResult
from apex_guardrails.model import Stack
from apex_guardrails.pack.rules import known_rules, proven_rules
from apex_guardrails.runs.checkov import bridge_for
from apex_guardrails.runs.several import Several
from apex_guardrails.runs.stated import answers, environments, outputs
from apex_guardrails.settings import (
    EVERYTHING,
    Costing,
    PolicyPackSettings,
    Record,
    Selection,
    UnansweredFunctions,
    load,
    locate,
)
from apex_guardrails.sources.offline import edits, property_lines
from apex_guardrails.sources.offline.other_stacks import Ask, OtherStacks
from apex_guardrails.sources.offline.preview import OfflinePreview, ProgramRun
from apex_guardrails.sources.offline.process import environment
from apex_guardrails.sources.offline.project import Project, load_project
from apex_guardrails.sources.offline.projects import Target, targets
from apex_guardrails.sources.offline.stack_config import load_config
from apex_guardrails.support.errors import ProgramError

if TYPE_CHECKING:
    from apex_guardrails.judgement.cost import CostReport


def preview_offline(  # noqa: PLR0913 each is an option of its own
    program: Path,
    stack: str,
    settings_file: Path | None,
    timeout: float,
    selection: Selection = EVERYTHING,
    *,
    cost_base: Path | None = None,
    checkov: bool = False,
    in_full: bool | None = True,
    with_edits: bool = False,
    ask: Ask | None = None,
    starts: Callable[[OfflinePreview], None] = lambda _: None,
) -> RunResult:
    """Runs the program in a folder and judges what it would deploy.

    Args:
        program: the folder with the `Pulumi.yaml`.
        stack: the stack's name.
        settings_file: instead of the one that would be found.
        timeout: seconds that the program may take.
        selection: what this run alone asks for.
        cost_base: a file that `apex cost --format json` wrote: what the stack cost before; else
            the settings'.
        checkov: whether Checkov judges, too, whatever settings say.
        in_full: as `Pipeline.judge` has it.
        with_edits: likewise.
        ask: for the outputs of other stacks, which settings do not give; if left out, the programs
            of the same repository are run for them.
        starts: told of the program before it is started, so that it can be stopped.

    Raises:
        OutdatedError: the program has been changed meanwhile, see `starts`.
        UsageError: a file is missing or not valid, a rule is none, or Checkov is needed and does
            not work; nothing was judged.
        PackError: the pack fails its own cases; nothing was judged.
    """
    property_lines.forget()
    edits.forget()
    project, preview, settings = prepare(program, stack, settings_file, timeout, ask)
    selection.check(settings.known_rules)
    starts(preview)
    pipeline = Pipeline(
        settings,
        stack,
        settings.known_rules,
        Source.OFFLINE,
        project=project.root,
        cost_base=cost_base,
        selection=selection,
    )
    bridge = bridge_for(settings, stack, asked=checkov)
    run = run_program(preview, timeout)
    decision = pipeline.decide(run.stack)
    settings.done()
    beside = _beside(run, project, stack)
    return pipeline.judge(
        run.stack, decision, beside, bridge=bridge, in_full=in_full, with_edits=with_edits
    )


def cost_offline(  # noqa: PLR0913 each is an option of its own
    program: Path,
    stack: str,
    settings_file: Path | None,
    timeout: float,
    against: Path | None,
    *,
    ask: Ask | None = None,
    starts: Callable[[OfflinePreview], None] = lambda _: None,
) -> tuple[CostReport, Stack]:
    """Runs the program in a folder and estimates what it would cost.

    Args:
        program: the folder with the `Pulumi.yaml`.
        stack: the stack's name.
        settings_file: instead of the one that would be found.
        timeout: seconds that the program may take.
        against: a file that `apex cost --format json` wrote, to compare with.
        ask: as `preview_offline` has it.
        starts: likewise.

    Raises:
        UsageError: a file is missing or not valid; nothing was estimated.
        ProgramError: the program failed; of a part of a stack no cost is shown.
        PackError: the pack fails its own cases, or a rule about cost raised.
    """
    _, preview, settings = prepare(program, stack, settings_file, timeout, ask)
    starts(preview)
    # Not with the settings' base: that is what this command writes.
    costing = Costing(settings, stack, against)
    pipeline = Pipeline(
        settings,
        stack,
        settings.known_rules,
        Source.OFFLINE,
        costing=costing,
        record=Record(),
    )
    run = whole(run_program(preview, timeout), "no cost is shown")
    # Made of many models, which the program's start would wait for.
    from apex_guardrails.judgement.cost import judge_cost

    notes = [*run.notes, *_problems(run, notes=True)]
    return judge_cost(pipeline, run.stack, notes), run.stack


def run_program(preview: OfflinePreview, timeout: float) -> ProgramRun:
    """Runs a program, and the pack's cases while it imports its SDK.

    Raises:
        OutdatedError: the program has been changed meanwhile.
        PackError: the pack fails them.
    """
    preview.start()
    try:
        proven_rules()
    except BaseException:
        preview.stop()
        raise
    return preview.finish(timeout)


def whole(run: ProgramRun, without: str) -> ProgramRun:
    """The run of a program that registered all that it has.

    Raises:
        ProgramError: it failed; `without` says what there is not for that.
    """
    errors = _errors(run)
    if errors:
        raise ProgramError(f"the program failed, so {without}:\n" + "\n".join(errors))
    return run


def run_offline(
    program: Path, stack: str, settings_file: Path | None, timeout: float
) -> ProgramRun:
    """Runs the program in a folder, and says what came of it, also where it failed.

    Raises:
        UsageError: a file is missing or not valid.
        PackError: the pack fails its own cases.
    """
    _, preview, _ = prepare(program, stack, settings_file, timeout)
    return run_program(preview, timeout)


def export_offline(
    program: Path, stack: str, settings_file: Path | None, timeout: float
) -> TerraformPlan:
    """Runs the program in a folder and tells what it would deploy as a Terraform plan.

    Raises:
        UsageError: a file is missing or not valid.
        ProgramError: the program failed; a part of a stack is not exported.
        PackError: the pack fails its own cases.
    """
    _, preview, _ = prepare(program, stack, settings_file, timeout)
    return terraform_plan(whole(run_program(preview, timeout), "nothing is exported").stack)


def prepare(
    program: Path, stack: str, settings_file: Path | None, timeout: float, ask: Ask | None = None
) -> tuple[Project, OfflinePreview, PolicyPackSettings]:
    """A project, a preview of it that can be started, and the settings that count for it."""
    project = load_project(program)
    today = datetime.now(UTC).date()
    settings = load(locate(project.root, os.environ, settings_file), known_rules(), today)
    config = load_config(project, stack, environments(settings))
    beside: set[Path] = set()
    siblings = _siblings(project, stack, settings_file, timeout, beside)
    preview = OfflinePreview(
        project,
        stack,
        config,
        samples=settings.offline.secrets,
        answers=answers(settings),
        is_strict=settings.offline.unanswered_functions is UnansweredFunctions.STRICT,
        variables=environment(os.environ, settings.offline.environment),
        memory_limit=settings.offline.memory_limit,
        others=OtherStacks(
            project.name, outputs(settings), ask or siblings.asked_by_first, siblings.stop
        ),
        beside=beside,
    )
    return project, preview, settings


def _siblings(
    project: Project, stack: str, settings_file: Path | None, timeout: float, judged: set[Path]
) -> Several:
    """The stacks of the same repository, judged if the program asks for what they give out.

    Args:
        project: the program's.
        stack: its own.
        settings_file: that counts for them, too.
        timeout: in seconds, of each.
        judged: takes the folders of those that it asked for.
    """

    def judge(target: Target, ask: Ask, starts: Callable[[OfflinePreview], None]) -> RunResult:
        judged.add(target.folder)
        return preview_offline(
            target.folder,
            target.stack,
            settings_file,
            timeout,
            in_full=False,
            ask=ask,
            starts=starts,
        )

    def others() -> list[Target]:
        own = project.root.resolve(), stack
        found = targets(repository_root(project.root))
        return [item for item in found if (item.folder.resolve(), item.stack) != own]

    return Several([Target(project.root, project.name, stack)], judge, others)


def _beside(run: ProgramRun, project: Project, stack: str) -> Run:
    """What a program's run says beside its resources."""
    return Run(
        run.output,
        [*_without_file(project, stack), *run.notes, *_problems(run, notes=True)],
        _errors(run),
        is_complete=run.failure is None,
    )


def _without_file(project: Project, stack: str) -> list[str]:
    """What to say of a stack in a project whose stacks have no files."""
    if project.stacks():
        return []
    return [
        f"there are no stack files here: {stack} gets what {project.file.name} gives all stacks"
    ]


def _errors(run: ProgramRun) -> list[str]:
    """Why the program cannot be deployed, whatever the rules say."""
    return [*([] if run.failure is None else [run.failure]), *_problems(run, notes=False)]


def _problems(run: ProgramRun, *, notes: bool) -> list[str]:
    """What the provider would refuse, or, as notes, may not know."""
    return [
        f"{problem.where()}: {problem.message}"
        for problem in run.problems
        if problem.is_note is notes
    ]
