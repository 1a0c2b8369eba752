"""One offline preview: from a program's folder to a report."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from policies.decide import decide
from policies.model import EnforcementLevel, Finding, SourcePosition, Stack
from policies.pack import known_rules, proven_rules
from policies.reports import Report
from policies.settings import PolicyPackSettings, Waivers, enforce, load, locate, waivers_for
from policies.sources.offline import (
    OfflinePreview,
    ProgramRun,
    Project,
    RecordedAnswer,
    load_config,
    load_project,
)
from policies.sources.offline.process import environment
from policies.sources.offline.property_lines import property_position


def preview_offline(
    program: Path, stack: str, settings_file: Path | None, timeout: float
) -> Report:
    """Runs the program in a folder and judges what it would deploy.

    Args:
        program: the folder with the `Pulumi.yaml`.
        stack: the stack's name.
        settings_file: instead of the one that would be found.
        timeout: seconds that the program may take.

    Raises:
        UsageError: a file is missing or not valid; nothing was judged.
        PackError: the pack fails its own cases; nothing was judged.
    """
    project = load_project(program)
    config = load_config(project, stack)
    settings = load(locate(project.root, os.environ, settings_file), known_rules())
    enforced = enforce(settings, known_rules(), stack)
    preview = OfflinePreview(
        project,
        stack,
        config,
        samples=settings.offline.secrets,
        answers=_answers(settings),
        variables=environment(os.environ, settings.offline.environment),
    )
    preview.start()
    try:
        # The cases are run while the program imports its SDK.
        proven_rules()
    except BaseException:
        preview.stop()
        raise
    run = preview.finish(timeout)
    decision = decide(run.stack, enforced)
    waived = Waivers(waivers_for(settings, stack), datetime.now(UTC).date())
    decision.findings = [
        replace(waived.apply(finding), property_position=_property_position(run.stack, finding))
        for finding in decision.findings
    ]
    return Report(
        stack=run.stack,
        decision=decision,
        rule_count=sum(item.level is not EnforcementLevel.DISABLED for item in enforced),
        settings=settings.source,
        output=run.output,
        notes=[
            *_without_file(project, stack),
            *run.notes,
            *_problems(run, notes=True),
            # What was not seen may be what a waiver is for.
            *(waived.warnings() if run.failure is None else []),
        ],
        program_errors=[
            *([] if run.failure is None else [run.failure]),
            *_problems(run, notes=False),
        ],
        is_complete=run.failure is None,
        rules=enforced,
    )


def _property_position(stack: Stack, finding: Finding) -> SourcePosition | None:
    """Where the program sets the property at fault; what it leaves out stands nowhere."""
    resource = stack.resources.get(finding.urn)
    if resource is None or resource.peek(finding.path) is None:
        return None
    return property_position(finding.position, finding.path)


def _without_file(project: Project, stack: str) -> list[str]:
    """What to say of a stack in a project whose stacks have no files."""
    if project.stacks():
        return []
    return [f"no stack here has a file: {stack} has what {project.file.name} gives all stacks"]


def _answers(settings: PolicyPackSettings) -> list[RecordedAnswer]:
    return [
        RecordedAnswer(answer.token, answer.arguments, answer.result)
        for answer in settings.offline.functions
    ]


def _problems(run: ProgramRun, *, notes: bool) -> list[str]:
    """What the provider would refuse, or, as notes, may not know."""
    return [
        f"{problem.where()}: {problem.message}"
        for problem in run.problems
        if problem.is_note is notes
    ]
