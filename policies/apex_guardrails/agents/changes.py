"""What differs between an earlier judgement, or the baseline, and the program as it is now."""

from __future__ import annotations

from typing import Any, Final

from apex_guardrails.agents.answers import briefly, of_cost, of_findings
from apex_guardrails.judgement.model import Judgement
from apex_guardrails.judgement.pipeline import RunResult
from apex_guardrails.settings import Baseline
from apex_guardrails.support.errors import UsageError

_IN_PART: Final = "the program failed, so what was fixed is not known"


def since_report(base: Judgement, now: Judgement) -> dict[str, Any]:
    """New, fixed and kept findings since an earlier judgement, and the change of the cost."""
    compared = now.compared_with(base)
    found = {item.fingerprint for item in now.findings}
    notes = [] if now.is_complete else [_IN_PART]
    if (base.project, base.stack) != (now.project, now.stack):
        notes.append(f"the base is of {base.project}, stack {base.stack}: another stack")
    gone = [item for item in base.findings if item.fingerprint not in found]
    return {
        **_now(now),
        "base": {
            "project": base.project,
            "stack": base.stack,
            "time": base.time.isoformat(),
            "verdict": base.verdict.value,
        },
        "new": of_findings(item for item in compared.findings if item.is_new),
        "fixed": briefly(gone if now.is_complete else ()),
        "kept": briefly(item for item in compared.findings if not item.is_new),
        "cost": {
            "before": of_cost(base.cost),
            "after": of_cost(now.cost),
            "differences": [item.model_dump(mode="json") for item in compared.cost_changes()]
            if base.cost is not None and now.cost is not None
            else [],
        },
        "notes": [*notes, *now.notes],
    }


def since_baseline(result: RunResult) -> dict[str, Any]:
    """The same against the record of what was wrong when the guardrails came.

    Raises:
        UsageError: there is none for the stack.
    """
    now, baseline = result.judgement, result.pipeline.baseline
    if not baseline.entries:
        raise UsageError(
            "base: is missing, and policy-baseline.json has nothing for this stack; name the file "
            "that `apex preview --format json --output FILE` wrote before the change"
        )
    return {
        **_now(now),
        "base": {"file": baseline.source},
        "new": of_findings(item for item in now.findings if item.known_since is None),
        "fixed": _gone(baseline) if now.is_complete else [],
        "kept": briefly(now.known),
        "cost": {"before": None, "after": of_cost(now.cost), "differences": []},
        "notes": [*([] if now.is_complete else [_IN_PART]), *now.notes],
    }


def _now(now: Judgement) -> dict[str, Any]:
    names = {"project", "stack", "verdict", "summary", "exit_code", "is_complete", "program_errors"}
    return now.model_dump(mode="json", include=names)


def _gone(baseline: Baseline) -> list[dict[str, Any]]:
    return [
        {"rule": entry.rule, "urn": entry.urn, "path": entry.path} for entry in baseline.unused()
    ]
