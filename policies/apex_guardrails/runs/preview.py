"""One offline preview: from a program's folder to a report, on its rules or its cost, or a plan."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from apex_guardrails.checkov import Bridge, TerraformPlan, Verdict, joined, terraform_plan
from apex_guardrails.cost.difference import differences
from apex_guardrails.cost.document import document
from apex_guardrails.decide import Judge, decide
from apex_guardrails.judgement import Report, component_names
from apex_guardrails.judgement.cost import CostReport
from apex_guardrails.judgement.document import Circumstances, Source
from apex_guardrails.model import EnforcementLevel, Finding, SourcePosition, Stack
from apex_guardrails.pack.rules import known_rules, proven_rules
from apex_guardrails.settings import (
    COST,
    EVERYTHING,
    Baseline,
    CheckovLevel,
    Costing,
    CostSettings,
    PolicyPackSettings,
    Selection,
    Waivers,
    advice,
    base_file,
    changes,
    checkov_for,
    enforce,
    is_checkovs,
    load,
    locate,
    read_record,
    waivers_for,
    without_stack,
)
from apex_guardrails.sources.offline.functions import RecordedAnswer
from apex_guardrails.sources.offline.preview import OfflinePreview, ProgramRun
from apex_guardrails.sources.offline.process import environment
from apex_guardrails.sources.offline.project import Project, load_config, load_project
from apex_guardrails.sources.offline.property_lines import property_position
from apex_guardrails.support.errors import PackError, ProgramError


def preview_offline(  # noqa: PLR0913 each is an option of its own
    program: Path,
    stack: str,
    settings_file: Path | None,
    timeout: float,
    selection: Selection = EVERYTHING,
    *,
    cost_base: Path | None = None,
    checkov: bool = False,
) -> Report:
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

    Raises:
        UsageError: a file is missing or not valid, a rule is none, or Checkov is needed and does
            not work; nothing was judged.
        PackError: the pack fails its own cases; nothing was judged.
    """
    selection.check(known_rules())
    project, preview, settings = _prepare(program, stack, settings_file)
    by_settings = enforce(settings, known_rules(), stack)
    enforced = selection.apply(by_settings)
    costing = Costing(settings, stack, cost_base or base_file(settings, stack))
    # Before the program runs, which could write it.
    record = read_record(settings, project.root, known_rules())
    bridge = _bridge(settings, stack, asked=checkov)
    run = _run(preview, timeout)
    estimated = costing.of(run.stack)
    decision = decide(run.stack, enforced)
    verdict = Verdict() if bridge is None else bridge.judge(run.stack, enforced)

    def is_asked(rule_id: str) -> bool:
        return selection.takes(rule_id) and (verdict.has_run or not is_checkovs(rule_id))

    waivers = [item for item in waivers_for(settings, stack) if is_asked(item.policy)]
    waived = Waivers(waivers, datetime.now(UTC).date())
    baseline = Baseline(record, stack, is_asked)
    findings = joined(map(waived.apply, decision.findings), map(waived.apply, verdict.findings))
    decision.findings = [
        replace(finding, property_position=_property_position(run.stack, finding))
        for finding in baseline.apply(findings, waived, run.stack.secret_config.redact)
    ]
    return Report(
        stack=run.stack,
        decision=decision,
        circumstances=Circumstances.now(project.root, settings, Source.OFFLINE),
        output=run.output,
        notes=[
            *_own_prices(costing.section),
            *selection.notes(),
            *_without_file(project, stack),
            *without_stack(settings, project.stacks(), stack),
            *run.notes,
            *_problems(run, notes=True),
            *verdict.notes,
            # What was not seen may be what a waiver is for.
            *(
                [
                    *waived.warnings(),
                    *baseline.warnings(),
                    *advice(settings, selection.among(known_rules()), run.stack),
                ]
                if run.failure is None
                else []
            ),
        ],
        checkov_missed=verdict.not_judged,
        program_errors=[
            *([] if run.failure is None else [run.failure]),
            *_problems(run, notes=False),
        ],
        is_complete=run.failure is None,
        rules=enforced,
        cost=estimated(),
        waivers=waived,
        baseline=baseline,
        changes=changes(
            settings, stack, by_settings, selection=selection, recorded=len(baseline.entries)
        ),
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
        PackError: the pack fails its own cases, or a rule about cost raised.
    """
    _, preview, settings = _prepare(program, stack, settings_file)
    enforced = enforce(settings, known_rules(), stack)
    # Not with the settings' base: that is what this command writes.
    costing = Costing(settings, stack, against)
    run = _whole(_run(preview, timeout), "no cost is shown")
    estimated = costing.of(run.stack)
    judge = Judge(item for item in enforced if item.rule.service == COST)
    findings = judge.judge_stack(run.stack)
    if judge.decision.errors:
        first = judge.decision.errors[0]
        raise PackError(f"the rule {first.rule_id} raised:\n{first.error}")
    waived = Waivers(waivers_for(settings, stack), datetime.now(UTC).date())
    cost = estimated()
    now = document(cost, run.stack.project, stack, component_names(run.stack))
    report = CostReport(
        now,
        cost,
        costing.section.limits,
        [waived.apply(finding) for finding in findings],
        settings.source,
        [*_own_prices(costing.section), *run.notes, *_problems(run, notes=True)],
        costing.base,
        [] if costing.base is None else differences(costing.base, now),
    )
    return report, run


def _run(preview: OfflinePreview, timeout: float) -> ProgramRun:
    """Runs a program, and the pack's cases while it imports its SDK.

    Raises:
        PackError: the pack fails them.
    """
    preview.start()
    try:
        proven_rules()
    except BaseException:
        preview.stop()
        raise
    return preview.finish(timeout)


def _whole(run: ProgramRun, without: str) -> ProgramRun:
    """The run of a program that registered all that it has.

    Raises:
        ProgramError: it failed; `without` says what there is not for that.
    """
    problems = [*([] if run.failure is None else [run.failure]), *_problems(run, notes=False)]
    if problems:
        raise ProgramError(f"the program failed, so {without}:\n" + "\n".join(problems))
    return run


def _own_prices(section: CostSettings) -> list[str]:
    """What to say of prices that are not the packaged ones."""
    path = section.prices.path
    return [] if path is None else [f"prices in {path} count before the packaged ones"]


def export_offline(
    program: Path, stack: str, settings_file: Path | None, timeout: float
) -> TerraformPlan:
    """Runs the program in a folder and tells what it would deploy as a Terraform plan.

    Raises:
        UsageError: a file is missing or not valid.
        ProgramError: the program failed; a part of a stack is not exported.
        PackError: the pack fails its own cases.
    """
    _, preview, _ = _prepare(program, stack, settings_file)
    return terraform_plan(_whole(_run(preview, timeout), "nothing is exported").stack)


def _prepare(
    program: Path, stack: str, settings_file: Path | None
) -> tuple[Project, OfflinePreview, PolicyPackSettings]:
    """A project, a preview of it that can be started, and the settings that count for it."""
    project = load_project(program)
    config = load_config(project, stack)
    today = datetime.now(UTC).date()
    settings = load(locate(project.root, os.environ, settings_file), known_rules(), today)
    preview = OfflinePreview(
        project,
        stack,
        config,
        samples=settings.offline.secrets,
        answers=_answers(settings),
        variables=environment(os.environ, settings.offline.environment),
    )
    return project, preview, settings


def _bridge(settings: PolicyPackSettings, stack: str, *, asked: bool) -> Bridge | None:
    """Checkov, ready to run, where settings want it or it was asked for.

    Raises:
        CheckovMissingError: there is none, and a judgement without it would be none.
    """
    section = checkov_for(settings, stack)
    is_mandatory = section.level is CheckovLevel.MANDATORY
    if not asked and section.level is CheckovLevel.OFF:
        return None
    return Bridge.build(
        EnforcementLevel.MANDATORY if is_mandatory else EnforcementLevel.ADVISORY,
        is_required=asked or is_mandatory,
        skip=section.skip,
        timeout=section.timeout,
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
