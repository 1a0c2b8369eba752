"""Judges stacks that exist: from the files of `pulumi stack export` to a report for each."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from apex_guardrails.judgement.circumstances import Run, Source
from apex_guardrails.judgement.pipeline import Pipeline, RunResult
from apex_guardrails.pack.rules import checked_rules
from apex_guardrails.settings import PolicyPackSettings, load, locate
from apex_guardrails.sources.documents import STANDARD_INPUT
from apex_guardrails.sources.judged_project import project_around
from apex_guardrails.sources.offline.project import load_project
from apex_guardrails.sources.state import read_state
from apex_guardrails.sources.unasked import ABOUT_CONFIG
from apex_guardrails.support.errors import UsageError
from apex_guardrails.support.files import working_directory


@dataclass(frozen=True)
class Audited:
    """What came of one file: a result, or why it could not be read."""

    file: Path
    result: RunResult | None = None
    error: UsageError | None = None


def audit(
    files: Sequence[Path],
    program: Path | None,
    settings_file: Path | None,
    cost_base: Path | None = None,
    *,
    in_full: bool = True,
) -> Iterator[Audited]:
    """Judges the stack in each file, one after the other.

    Args:
        files: what `pulumi stack export` wrote; `-` is standard input.
        program: the folder with the `Pulumi.yaml` whose settings count; `None` for the nearest one
            from the working directory upwards that is of the state's project.
        settings_file: instead of the one that would be found.
        cost_base: a file that `apex cost --format json` wrote: what the stack cost before; else the
            settings'.
        in_full: whether the judgements have what a terminal does not show.

    Raises:
        UsageError: the settings or the base are not valid, or standard input is asked for twice; no
            further state is judged.
        PackError: the pack fails its own cases; nothing was judged.
    """
    if files.count(STANDARD_INPUT) > 1:
        raise UsageError("-: standard input can be read only once; name the other states as files")
    folder = None if program is None else load_project(program).root
    rules = checked_rules()
    today = datetime.now(UTC).date()
    here = working_directory()
    loaded: dict[Path | None, PolicyPackSettings] = {}
    for file in files:
        try:
            state = read_state(file)
        except UsageError as error:
            yield Audited(file, error=error)
            continue
        project = folder
        if project is None and here is not None:
            project = project_around(here, state.stack.project)
        path = locate(project, os.environ, settings_file)
        if path not in loaded:
            loaded[path] = load(path, rules, today)
        settings = loaded[path]
        pipeline = Pipeline(
            settings,
            state.stack.name,
            settings.known_rules,
            Source.STATE,
            project=project,
            cost_base=cost_base,
            left_out=ABOUT_CONFIG,
        )
        decision = pipeline.decide(state.stack)
        beside = Run(notes=state.notes)
        yield Audited(file, pipeline.judge(state.stack, decision, beside, in_full=in_full))
