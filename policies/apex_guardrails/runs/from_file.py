"""Judges what another tool foresees: Pulumi's own preview, or a plan of Terraform."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from apex_guardrails.checkov import Bridge
from apex_guardrails.judgement.circumstances import Run, Source
from apex_guardrails.judgement.pipeline import Pipeline, RunResult
from apex_guardrails.model import UNKNOWN, SourcePosition, Stack
from apex_guardrails.model.phrases import counted, listed
from apex_guardrails.pack.rules import checked_rules
from apex_guardrails.runs.checkov import bridge_for
from apex_guardrails.settings import (
    EVERYTHING,
    SETTINGS_FILE,
    Costing,
    PolicyPackSettings,
    Record,
    Selection,
    load,
    locate,
)
from apex_guardrails.sources.from_file import FromFile, Names, read_file
from apex_guardrails.sources.judged_project import project_around
from apex_guardrails.sources.offline.project import DEFAULT_STACK, load_project
from apex_guardrails.sources.unasked import ABOUT_CONFIG, ABOUT_OUTPUTS, ABOUT_SECRET_CONFIG
from apex_guardrails.support.errors import ProgramError, UsageError
from apex_guardrails.support.files import working_directory

if TYPE_CHECKING:
    from collections.abc import Sequence

    from apex_guardrails.judgement.cost import CostReport
    from apex_guardrails.model import Rule


def judge_file(  # noqa: PLR0913 each is an option of its own
    file: Path,
    settings_file: Path | None = None,
    selection: Selection = EVERYTHING,
    *,
    stack: str | None = None,
    project: str | None = None,
    program: Path | None = None,
    cost_base: Path | None = None,
    checkov: bool = False,
    in_full: bool | None = True,
) -> RunResult:
    """Judges the stack that a file tells of.

    Args:
        file: what another tool wrote; `-` is standard input.
        settings_file: instead of the one that would be found.
        selection: what this run alone asks for.
        stack: the stack's name, where the file does not say it.
        project: the project's, in the same case.
        program: the folder whose settings count; `None` for that of the stack's project, from the
            working directory upwards.
        cost_base: a file that `apex cost --format json` wrote: what the stack cost before.
        checkov: whether Checkov judges, too, whatever settings say.
        in_full: as `Pipeline.judge` has it.

    Raises:
        UsageError: a file is missing or not valid, a name is not the file's, a rule is none, or
            Checkov is needed and does not work; nothing was judged.
        PackError: the pack fails its own cases; nothing was judged.
    """
    told, folder, settings = _read(file, settings_file, stack, project, program, checked_rules())
    selection.check(settings.known_rules)
    source = Source[told.form.name]
    pipeline = Pipeline(
        settings,
        told.stack.name,
        settings.known_rules,
        source,
        project=folder,
        cost_base=cost_base,
        selection=selection,
        left_out=_unasked(told.stack),
    )
    bridge: Bridge | None = bridge_for(settings, told.stack.name, asked=checkov)
    _find_lines(told.stack, folder)
    decision = pipeline.decide(told.stack)
    beside = Run(
        told.output, [*told.notes, *_notes(told.stack)], told.errors, is_complete=told.is_complete
    )
    return pipeline.judge(told.stack, decision, beside, bridge=bridge, in_full=in_full)


def cost_of_file(  # noqa: PLR0913 each is an option of its own
    file: Path,
    settings_file: Path | None,
    against: Path | None,
    *,
    stack: str | None = None,
    project: str | None = None,
    program: Path | None = None,
) -> CostReport:
    """Estimates what the stack that a file tells of would cost.

    Args:
        file: what another tool wrote; `-` is standard input.
        settings_file: as `judge_file` has it, and so what follows.
        against: a file that `apex cost --format json` wrote, to compare with.
        stack: the stack's name.
        project: the project's.
        program: the folder whose settings count.

    Raises:
        UsageError: a file is missing or not valid, or a name is not the file's.
        ProgramError: the file does not tell everything; of a part of a stack no cost is shown.
        PackError: the pack fails its own cases, or a rule about cost raised.
    """
    from apex_guardrails.judgement.cost import judge_cost

    told, folder, settings = _read(file, settings_file, stack, project, program, checked_rules())
    if not told.is_complete:
        why = "\n".join([*told.errors, *told.notes])
        raise ProgramError(
            f"{file}: does not tell everything that would be deployed; no cost is shown:\n{why}"
        )
    name = told.stack.name
    pipeline = Pipeline(
        settings,
        name,
        settings.known_rules,
        Source[told.form.name],
        project=folder,
        costing=Costing(settings, name, against),
        record=Record(),
    )
    return judge_cost(pipeline, told.stack, told.notes)


def _read(  # noqa: PLR0913, PLR0917 each is an option of its own
    file: Path,
    settings_file: Path | None,
    stack: str | None,
    project: str | None,
    program: Path | None,
    rules: Sequence[Rule],
) -> tuple[FromFile, Path | None, PolicyPackSettings]:
    """What a file tells, the folder whose settings count, and these.

    Raises:
        UsageError: one is missing or not valid, or a name is not the file's.
    """
    told = read_file(file, Names(stack or DEFAULT_STACK, project or ""))
    for option, given, found in (
        ("--stack", stack, told.stack.name),
        ("--project", project, told.stack.project),
    ):
        if given is not None and found not in (given, ""):
            raise UsageError(f"{file}: is of {found}, not of {given} ({option})")
    folder = _folder(told, program)
    today = datetime.now(UTC).date()
    return told, folder, load(locate(folder, os.environ, settings_file), rules, today)


def _folder(told: FromFile, program: Path | None) -> Path | None:
    """The folder whose settings count.

    Terraform has no `Pulumi.yaml`: there it is the working directory, where settings are in it and
    they are not those of a Pulumi program.

    Raises:
        UsageError: the folder that was named is none of a program's.
    """
    here = working_directory()
    if told.form.is_pulumis:
        if program is not None:
            return load_project(program).root
        return None if here is None else project_around(here, told.stack.project)
    folder = program or here
    if folder is None or (program is None and any(folder.glob("Pulumi.y*ml"))):
        return None
    return folder if (folder / SETTINGS_FILE).exists() else None


def _unasked(stack: Stack) -> frozenset[str]:
    """Rules whose pass would prove nothing, as the file does not have what they are about."""
    unasked: set[str] = set()
    if not stack.has_config:
        unasked |= ABOUT_SECRET_CONFIG
        if not stack.config:
            unasked |= ABOUT_CONFIG
    if stack.outputs is None:
        unasked |= ABOUT_OUTPUTS
    return frozenset(unasked)


def _notes(stack: Stack) -> Iterator[str]:
    """What the file cannot say, so that nobody takes silence for a pass."""
    unasked = _unasked(stack)
    if unasked:
        yield f"not asked, as the file does not say it: {listed(sorted(unasked), len(unasked))}"
    hidden = 0 if stack.has_config else sum(1 for _ in _hidden_credentials(stack))
    if hidden:
        yield (
            f"the file does not say where a secret comes from: {counted(hidden, 'credential')} "
            "may be written in the program (apex preview tells)"
        )


def _hidden_credentials(stack: Stack) -> Iterator[str]:
    for resource in stack.deployed():
        for pattern in resource.type.sensitive:
            for path in resource.paths(pattern):
                if resource.is_secret(path) and resource.peek(path) is UNKNOWN:
                    yield path


def _find_lines(stack: Stack, folder: Path | None) -> None:
    """Makes of places in the project, which Pulumi tells, files that can be opened."""
    if folder is None:
        return
    for resource in stack:
        place = resource.position
        if place is not None and (folder / place.file).is_file():
            resource.position = SourcePosition(str(folder / place.file), place.line)
