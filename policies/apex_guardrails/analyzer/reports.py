"""Leaves the reports of a judgement through the engine where the settings want them."""

from __future__ import annotations

from apex_guardrails.decide import Decision
from apex_guardrails.judgement.circumstances import Run, folder_of
from apex_guardrails.judgement.pipeline import Pipeline
from apex_guardrails.model import Stack
from apex_guardrails.reports.formats import folder_in, write_reports


def leave_reports(pipeline: Pipeline, stack: Stack, decision: Decision, run: Run) -> None:
    """Writes the reports of what the engine had judged, whole or as far as it came.

    Raises:
        UsageError: they cannot be written; earlier ones are there still.
    """
    judgement = pipeline.judge(stack, decision, run).judgement
    wanted = pipeline.settings.reports
    # A project whose folder is not known has its settings from somewhere all the same.
    folder = folder_in(folder_of(pipeline.project, pipeline.settings), wanted)
    if folder is not None:
        write_reports(judgement, folder, wanted.formats)
