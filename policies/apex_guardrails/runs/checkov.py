"""Whether Checkov judges, too."""

from __future__ import annotations

from apex_guardrails.checkov import Bridge
from apex_guardrails.model import EnforcementLevel
from apex_guardrails.settings import CheckovLevel, PolicyPackSettings, checkov_for


def bridge_for(settings: PolicyPackSettings, stack: str, *, asked: bool) -> Bridge | None:
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
