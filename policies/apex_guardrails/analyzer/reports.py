"""Leaves the reports of a judgement through the engine where the settings want them."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from apex_guardrails.cost import StackCost
from apex_guardrails.decide import Decision
from apex_guardrails.judgement import Report
from apex_guardrails.judgement.document import Circumstances, Source
from apex_guardrails.judgement.to_document import document
from apex_guardrails.model import EnforcedRule, Stack
from apex_guardrails.reports.formats import folder_in, write_reports
from apex_guardrails.settings import Baseline, Change, PolicyPackSettings
from apex_guardrails.support.files import working_directory


def leave_reports(  # noqa: PLR0913 each is a fact of its own
    stack: Stack,
    decision: Decision,
    rules: Sequence[EnforcedRule],
    cost: StackCost | None,
    settings: PolicyPackSettings,
    *,
    project: Path | None,
    baseline: Baseline,
    changes: Sequence[Change],
    notes: Sequence[str],
    is_complete: bool,
) -> None:
    """Writes the reports of what the engine had judged, whole or as far as it came.

    Raises:
        UsageError: they cannot be written; earlier ones are there still.
    """
    # A project whose folder is not known has its settings from somewhere all the same.
    beside = settings.path.absolute().parent if settings.path else working_directory()
    place = project or beside or Path(os.sep)
    report = Report(
        stack=stack,
        decision=decision,
        circumstances=Circumstances.now(place, settings, Source.ENGINE),
        notes=notes,
        is_complete=is_complete,
        rules=rules,
        cost=cost,
        baseline=baseline,
        changes=changes,
    )
    folder = folder_in(place, settings.reports)
    if folder is not None:
        write_reports(document(report), folder, settings.reports.formats)
