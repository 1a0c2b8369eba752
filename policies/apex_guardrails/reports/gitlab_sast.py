"""GitLab's SAST report, for its security dashboard and the merge request's security widget.

Source: GitLab, security-report-schemas, `sast-report-format.json` 15.2.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final
from uuid import NAMESPACE_URL, uuid5

from apex_guardrails.judgement.entries import FindingEntry, Verdict
from apex_guardrails.judgement.model import Judgement
from apex_guardrails.model import Severity
from apex_guardrails.reports.formats import Format
from apex_guardrails.settings import ReportFormat
from apex_guardrails.support.text import json_text, one_line, visible

VERSION: Final = "15.2.1"

_SEVERITIES: Final = {
    Severity.CRITICAL: "Critical",
    Severity.HIGH: "High",
    Severity.MEDIUM: "Medium",
    Severity.LOW: "Low",
}

# What the schema takes, in characters.
_LONGEST_NAME: Final = 255
_LONGEST_SOLUTION: Final = 7_000

_FAILED: Final = {Verdict.INCOMPLETE, Verdict.PACK_FAILED}


def render(document: Judgement) -> str:
    """The document as a report of vulnerabilities.

    What is waived is left out: GitLab keeps its own record of what was dismissed.
    """
    pages = document.pages()
    report = {
        "version": VERSION,
        "scan": _scan(document),
        "vulnerabilities": [
            _vulnerability(item, document, pages.get(item.rule))
            for item in document.findings
            if item.waiver is None
        ],
    }
    return json_text(report, indent=None)


def _scan(document: Judgement) -> dict[str, Any]:
    tool = {
        "id": "apex-guardrails",
        "name": "Apex Guardrails",
        "version": document.tool.version,
        "vendor": {"name": "Apex Guardrails"},
    }
    time = document.time.strftime("%Y-%m-%dT%H:%M:%S")
    return {
        "type": "sast",
        "analyzer": tool,
        "scanner": tool,
        "status": "failure" if document.verdict in _FAILED else "success",
        "start_time": time,
        "end_time": time,
        "messages": [
            {"level": level, "value": visible(text)} for level, text in _messages(document) if text
        ],
    }


def _messages(document: Judgement) -> Iterator[tuple[str, str]]:
    for text in document.program_errors:
        yield "fatal", text
    for item in document.rule_errors:
        yield "fatal", f"the rule {item.rule} raised on {item.urn}"
    yield "info", document.summary
    for text in document.not_evaluated:
        yield "warn", f"not evaluated: {text}"
    for text in document.cost.assumes if document.cost else ():
        yield "warn", f"the cost {text}"


def _vulnerability(item: FindingEntry, document: Judgement, page: str | None) -> dict[str, Any]:
    place = item.place
    file = (place.file if place else document.project_file) or "Pulumi.yaml"
    undecided = "Undecided: " if item.is_undecided else ""
    at = f" ({item.path})" if item.path else ""
    return {
        # The same on every run, and another one on each stack.
        "id": str(uuid5(NAMESPACE_URL, f"apex:{document.stack}:{item.fingerprint}")),
        "name": one_line(f"{undecided}{item.title}", _LONGEST_NAME),
        "description": visible(f"{undecided}{item.resource}: {item.message}{at}"),
        "severity": _SEVERITIES[item.severity],
        **({"solution": one_line(item.fix, _LONGEST_SOLUTION)} if item.fix else {}),
        "identifiers": [
            _identifier("apex_rule", item.rule, page),
            *(_identifier("apex_control", control) for control in item.controls),
        ],
        **({"links": [{"url": page}]} if page else {}),
        "location": {
            "file": file,
            "start_line": max(1, place.line) if place else 1,
        },
        # Without it GitLab takes two findings of a rule in one line for one, and a line that moved
        # for another.
        "tracking": {
            "type": "source",
            "items": [
                {"file": file, "signatures": [{"algorithm": "hash", "value": item.fingerprint}]}
            ],
        },
        "details": {"resource": {"type": "text", "name": "Resource", "value": visible(item.urn)}},
    }


def _identifier(kind: str, value: str, page: str | None = None) -> dict[str, str]:
    return {"type": kind, "name": value, "value": value, **({"url": page} if page else {})}


FORMAT: Final = Format(ReportFormat.GITLAB_SAST, ".sast.json", render)
