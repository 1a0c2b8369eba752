"""GitLab's Code Quality report, which a merge request shows beside the lines that it changes.

Source: GitLab's documentation, "Code Quality", section "Code Quality report format", 2026.
"""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from typing import Any, Final

from apex_guardrails.judgement.entries import FindingEntry, Position
from apex_guardrails.judgement.model import Judgement
from apex_guardrails.model import Severity
from apex_guardrails.reports.formats import Format
from apex_guardrails.settings import ReportFormat
from apex_guardrails.support.text import json_text, one_line

_SEVERITIES: Final = {
    Severity.CRITICAL: "blocker",
    Severity.HIGH: "critical",
    Severity.MEDIUM: "major",
    Severity.LOW: "minor",
}

_LONGEST: Final = 1_000
"""Characters of a description, which GitLab shows in one line."""


def render(document: Judgement) -> str:
    """The document as a list of issues.

    GitLab compares it with the target branch's, so what the baseline knows is in both. What is
    waived is left out: the format has no word for it.
    """
    return json_text([*_defects(document), *_findings(document)], indent=None)


def _findings(document: Judgement) -> Iterator[dict[str, Any]]:
    for item in document.findings:
        if item.waiver is None:
            yield {
                "description": one_line(_description(item), _LONGEST),
                "check_name": item.rule,
                "fingerprint": _digest(document, item.fingerprint),
                "severity": _SEVERITIES[item.severity],
                "location": _location(document, item.place),
            }


def _description(item: FindingEntry) -> str:
    undecided = "Undecided: " if item.is_undecided else ""
    at = f" ({item.path})" if item.path else ""
    return f"{undecided}{item.title}: {item.resource}: {item.message}{at}"


def _defects(document: Judgement) -> Iterator[dict[str, Any]]:
    """Why a judgement is not complete: without it, fewer findings would look like better ones."""
    errors = [
        *(("program-failed", f"The program failed: {text}") for text in document.program_errors),
        *(
            ("rule-failed", f"The rule {item.rule} raised on {item.urn}")
            for item in document.rule_errors
        ),
    ]
    for check, text in errors:
        yield {
            "description": one_line(text, _LONGEST),
            "check_name": check,
            "fingerprint": _digest(document, f"{check}:{text}"),
            "severity": "blocker",
            "location": _location(document, None),
        }


def _location(document: Judgement, place: Position | None) -> dict[str, Any]:
    file = place.file if place else document.project_file
    line = place.line if place else 1
    return {"path": file or "Pulumi.yaml", "lines": {"begin": max(1, line)}}


def _digest(document: Judgement, text: str) -> str:
    """The same finding on two stacks is two."""
    return sha256(f"{document.stack}:{text}".encode(errors="replace")).hexdigest()


FORMAT: Final = Format(ReportFormat.GITLAB_CODE_QUALITY, ".codequality.json", render)
