"""Judges stacks that exist: from the files of `pulumi stack export` to a report for each."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from apex_guardrails.decide import decide
from apex_guardrails.judgement import Report
from apex_guardrails.judgement.document import Circumstances, Source
from apex_guardrails.model import EnforcedRule, EnforcementLevel
from apex_guardrails.pack.rules import proven_rules
from apex_guardrails.settings import (
    Baseline,
    Costing,
    PolicyPackSettings,
    Waivers,
    advice,
    base_file,
    changes,
    enforce,
    is_checkovs,
    load,
    locate,
    read_record,
    waivers_for,
    without_stack,
)
from apex_guardrails.sources.judged_project import project_around, stack_names
from apex_guardrails.sources.offline.project import load_project
from apex_guardrails.sources.state import STANDARD_INPUT, State, read_state
from apex_guardrails.support.errors import UsageError
from apex_guardrails.support.files import working_directory

ABOUT_CONFIG: Final = frozenset(
    {
        "credentials-secret-config-not-shown",
        "credentials-sensitive-inputs-secret",
        "stack-config-no-plain-secrets",
    }
)
"""Rules about the stack's config, which a state does not have: their pass would prove nothing."""


@dataclass(frozen=True)
class Audited:
    """What came of one file: a report, or why it could not be read."""

    file: Path
    report: Report | None = None
    error: UsageError | None = None


def audit(
    files: Sequence[Path],
    program: Path | None,
    settings_file: Path | None,
    cost_base: Path | None = None,
) -> Iterator[Audited]:
    """Judges the stack in each file, one after the other.

    Args:
        files: what `pulumi stack export` wrote; `-` is standard input.
        program: the folder with the `Pulumi.yaml` whose settings count; `None` for the nearest one
            from the working directory upwards that is of the state's project.
        settings_file: instead of the one that would be found.
        cost_base: a file that `apex cost --format json` wrote: what the stack cost before; else the
            settings'.

    Raises:
        UsageError: the settings or the base are not valid, or standard input is asked for twice; no
            further state is judged.
        PackError: the pack fails its own cases; nothing was judged.
    """
    if files.count(STANDARD_INPUT) > 1:
        raise UsageError("-: standard input can be read once; name the other states as files")
    folder = None if program is None else load_project(program).root
    rules = proven_rules()
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
        name = state.stack.name
        baseline = Baseline(read_record(settings, project, rules), name, _is_asked)
        by_settings = enforce(settings, rules, name)
        costing = Costing(settings, name, cost_base or base_file(settings, name))
        circumstances = Circumstances.now(project, settings, Source.STATE)
        yield Audited(file, _judged(state, by_settings, circumstances, costing, baseline))


def _asked(enforced: EnforcedRule) -> EnforcedRule:
    """A rule as a state can be asked about it."""
    if _is_asked(enforced.rule.id):
        return enforced
    return replace(enforced, level=EnforcementLevel.DISABLED)


def _is_asked(rule_id: str) -> bool:
    return rule_id not in ABOUT_CONFIG and not is_checkovs(rule_id)


def _judged(
    state: State,
    by_settings: Sequence[EnforcedRule],
    circumstances: Circumstances,
    costing: Costing,
    baseline: Baseline,
) -> Report:
    stack, settings = state.stack, circumstances.settings
    enforced = [_asked(item) for item in by_settings]
    estimated = costing.of(stack)
    decision = decide(stack, enforced)
    waivers = [item for item in waivers_for(settings, stack.name) if _is_asked(item.policy)]
    waived = Waivers(waivers, datetime.now(UTC).date())
    decision.findings = baseline.apply(
        map(waived.apply, decision.findings), waived, stack.secret_config.redact
    )
    return Report(
        stack=stack,
        decision=decision,
        circumstances=circumstances,
        notes=[
            *state.notes,
            *without_stack(settings, stack_names(circumstances.project), stack.name),
            *waived.warnings(),
            *baseline.warnings(undecided=False),
            *advice(settings, [item.rule for item in enforced], stack),
        ],
        rules=enforced,
        cost=estimated(),
        baseline=baseline,
        changes=changes(settings, stack.name, by_settings, recorded=len(baseline.entries)),
    )
