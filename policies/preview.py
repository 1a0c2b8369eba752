"""One offline preview: from a program's folder to a report, on its rules or on its cost."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from policies.cost import estimate, packaged_prices
from policies.cost.difference import differences
from policies.cost.document import document, read_document
from policies.cost.limits import excesses
from policies.decide import decide
from policies.errors import ProgramError
from policies.model import EnforcementLevel, Finding, SourcePosition, Stack
from policies.pack import known_rules, proven_rules
from policies.reports import Report
from policies.reports.cost import CostReport
from policies.reports.document import Circumstances
from policies.settings import (
    EVERYTHING,
    PolicyPackSettings,
    Selection,
    Waivers,
    cost_for,
    enforce,
    load,
    locate,
    waivers_for,
)
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
    program: Path,
    stack: str,
    settings_file: Path | None,
    timeout: float,
    selection: Selection = EVERYTHING,
) -> Report:
    """Runs the program in a folder and judges what it would deploy.

    Args:
        program: the folder with the `Pulumi.yaml`.
        stack: the stack's name.
        settings_file: instead of the one that would be found.
        timeout: seconds that the program may take.
        selection: what this run alone asks for.

    Raises:
        UsageError: a file is missing or not valid, or a rule is none; nothing was judged.
        PackError: the pack fails its own cases; nothing was judged.
    """
    selection.check(known_rules())
    project, preview, settings = _prepare(program, stack, settings_file)
    enforced = selection.apply(enforce(settings, known_rules(), stack))
    preview.start()
    try:
        # The cases are run while the program imports its SDK.
        proven_rules()
    except BaseException:
        preview.stop()
        raise
    run = preview.finish(timeout)
    decision = decide(run.stack, enforced)
    waivers = [item for item in waivers_for(settings, stack) if selection.takes(item.policy)]
    waived = Waivers(waivers, datetime.now(UTC).date())
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
            *selection.notes(),
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
        circumstances=Circumstances.now(
            project.root, settings_file=settings.path, settings_sha256=settings.digest
        ),
        wanted=settings.reports,
    )


def cost_offline(
    program: Path, stack: str, settings_file: Path | None, timeout: float, against: Path | None
) -> tuple[CostReport, ProgramRun]:
    """Runs the program in a folder and estimates what it would cost.

    Args:
        program: the folder with the `Pulumi.yaml`.
        stack: the stack's name.
        settings_file: instead of the one that would be found.
        timeout: seconds that the program may take.
        against: a file that `apex cost --format json` wrote, to compare with.

    Raises:
        UsageError: a file is missing or not valid; nothing was estimated.
        ProgramError: the program failed; of a part of a stack no cost is shown.
    """
    _, preview, settings = _prepare(program, stack, settings_file)
    section = cost_for(settings, stack)
    prices = packaged_prices()
    base = None if against is None else read_document(against)
    preview.start()
    run = preview.finish(timeout)
    problems = [*([] if run.failure is None else [run.failure]), *_problems(run, notes=False)]
    if problems:
        raise ProgramError("the program failed, so no cost is shown:\n" + "\n".join(problems))
    cost = estimate(run.stack, prices, section.usage, section.fixed_lines)
    components = {
        resource.urn: resource.name
        for resource in run.stack
        if not resource.custom and not resource.type.token.startswith("pulumi:")
    }
    now = document(cost, run.stack.project, stack, components)
    report = CostReport(
        now,
        cost,
        section.limits,
        list(excesses(cost, section.limits, None if base is None else base.monthly.amounts)),
        settings.source,
        [*run.notes, *_problems(run, notes=True)],
        base,
        [] if base is None else differences(base, now),
    )
    return report, run


def _prepare(
    program: Path, stack: str, settings_file: Path | None
) -> tuple[Project, OfflinePreview, PolicyPackSettings]:
    """A project, a preview of it that can be started, and the settings that count for it."""
    project = load_project(program)
    config = load_config(project, stack)
    settings = load(locate(project.root, os.environ, settings_file), known_rules())
    preview = OfflinePreview(
        project,
        stack,
        config,
        samples=settings.offline.secrets,
        answers=_answers(settings),
        variables=environment(os.environ, settings.offline.environment),
    )
    return project, preview, settings


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
