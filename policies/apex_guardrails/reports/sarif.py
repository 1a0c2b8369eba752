"""SARIF 2.1.0, for GitHub code scanning and the like.

Source: OASIS, Static Analysis Results Interchange Format 2.1.0 with errata 01, 2023; what GitHub
asks for: its documentation, "SARIF support for code scanning", 2025.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any, Final
from urllib.parse import quote

from apex_guardrails.judgement.entries import FindingEntry, Position, RuleEntry, Verdict
from apex_guardrails.judgement.model import Judgement
from apex_guardrails.model import EnforcementLevel, Severity, name_of
from apex_guardrails.reports.formats import Format
from apex_guardrails.settings import Direction, ReportFormat
from apex_guardrails.support.text import json_text

SCHEMA: Final = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)

MOST_RESULTS: Final = 25_000
"""GitHub refuses a file with more results."""

MOST_CHANGES: Final = 500
"""Settings that are told one by one."""

MOST_TAGS: Final = 20
"""GitHub refuses a rule with more tags."""

_LEVELS: Final = {
    EnforcementLevel.MANDATORY: "error",
    EnforcementLevel.ADVISORY: "warning",
    EnforcementLevel.DISABLED: "none",
}
_SECURITY_SEVERITY: Final = {
    # In the middle of what GitHub calls by the same name.
    Severity.CRITICAL: "9.5",
    Severity.HIGH: "8.0",
    Severity.MEDIUM: "5.5",
    Severity.LOW: "2.0",
}
_ROOT: Final = "%SRCROOT%"


def render(document: Judgement) -> str:
    """The document as SARIF."""
    log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [_run(document)]}
    # Programs read it.
    return json_text(log, indent=None)


def _run(document: Judgement) -> dict[str, Any]:
    rules = _rules(document)
    index = {rule["id"]: number for number, rule in enumerate(rules)}
    return {
        "tool": {
            "driver": {
                "name": "Apex Guardrails",
                "version": document.tool.version,
                "semanticVersion": document.tool.version,
                "rules": rules,
            }
        },
        # Several stacks of one commit are several analyses.
        "automationDetails": {"id": f"apex/{document.project}/{document.stack}/"},
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {_ROOT: {"description": {"text": "The repository's root."}}},
        "invocations": [_invocation(document)],
        "results": [
            _result(item, index[item.rule], document) for item in document.findings[:MOST_RESULTS]
        ],
        "properties": {
            "project": document.project,
            "stack": document.stack,
            "source": document.source,
            "verdict": document.verdict,
            "rulesSha256": document.tool.rules_sha256,
            "settingsSha256": document.settings.sha256 or "",
        },
    }


def _rules(document: Judgement) -> list[dict[str, Any]]:
    """The rules in force, those that are switched off, and others that findings name."""
    known, pages = {rule.id for rule in document.rules}, document.pages()
    unknown = {item.rule: item for item in document.findings if item.rule not in known}
    off = {item.rule for item in document.changes if item.is_off}
    return [
        *(
            _rule(rule, pages.get(rule.id))
            for rule in document.rules
            if rule.is_in_force or rule.id in off
        ),
        *(_rule_of(item) for item in unknown.values()),
    ]


def _rule(rule: RuleEntry, page: str | None) -> dict[str, Any]:
    # GitHub shows the help, and not where more of it is.
    link = f"\n\n[The rule's page](<{page}>)" if page else ""
    why = rule.why or f"{rule.title}."
    fix = f"\n\n**Fix:** {_markdown(rule.fix)}" if rule.fix else ""
    return {
        "id": rule.id,
        "name": rule.id,
        "shortDescription": {"text": _plain(f"{rule.title}.")},
        "fullDescription": {"text": _plain(why)},
        **({"helpUri": page} if page else {}),
        "help": {
            "text": _plain(f"{why}\n\nFix: {rule.fix}" if rule.fix else why),
            "markdown": f"{_markdown(why)}{fix}{link}",
        },
        "defaultConfiguration": {"enabled": rule.is_in_force, "level": _LEVELS[rule.level]},
        "properties": _properties(rule.severity, [rule.service, *rule.controls]),
    }


def _rule_of(item: FindingEntry) -> dict[str, Any]:
    return {
        "id": item.rule,
        "name": item.rule,
        "shortDescription": {"text": _plain(f"{item.title}.")},
        "help": {"text": _plain(item.fix or item.title)},
        "properties": _properties(item.severity, item.controls),
    }


def _properties(severity: Severity, tags: Iterable[str]) -> dict[str, Any]:
    return {
        "tags": ["security", *dict.fromkeys(tags)][:MOST_TAGS],
        "precision": "very-high",
        "security-severity": _SECURITY_SEVERITY[severity],
    }


def _result(item: FindingEntry, rule_index: int, document: Judgement) -> dict[str, Any]:
    undecided = "Undecided: " if item.is_undecided else ""
    at = f" ({item.path})" if item.path else ""
    result: dict[str, Any] = {
        "ruleId": item.rule,
        "ruleIndex": rule_index,
        **_kind(item),
        "message": {
            "text": _plain(f"{undecided}{item.resource}: {item.message}{at}\n{item.fix}".rstrip())
        },
        "locations": [_location(item, document)],
        "partialFingerprints": {
            "apexFinding/v1": item.fingerprint,
            # What GitHub knows an alert by. It would take the text of the line.
            "primaryLocationLineHash": f"{item.fingerprint}:1",
        },
        "properties": {
            "outcome": item.outcome,
            "enforcementLevel": item.level,
            "severity": item.severity,
            "urn": item.urn,
        },
    }
    if item.known_since is not None:
        result["properties"]["knownSince"] = item.known_since.isoformat()
    if item.known_since is not None or item.is_new is not None or document.baseline is not None:
        # All results have it, or none.
        is_old = item.known_since is not None or item.is_new is False
        result["baselineState"] = "unchanged" if is_old else "new"
    if item.property_position is not None and item.position not in {None, item.property_position}:
        result["relatedLocations"] = [
            {
                "id": 1,
                "message": {"text": "The resource."},
                "physicalLocation": _physical(item.position),
            }
        ]
    if item.replacements:
        result["fixes"] = [_fix(item)]
    if item.waiver is not None:
        ticket = f", {item.waiver.ticket}" if item.waiver.ticket else ""
        result["suppressions"] = [
            {
                "kind": "external",
                "status": "accepted",
                "justification": (
                    f"{item.waiver.reason} ({item.waiver.owner}, "
                    f"until {item.waiver.expires.isoformat()}{ticket})"
                ),
            }
        ]
    return result


def _fix(item: FindingEntry) -> dict[str, Any]:
    """What to write in the program (section 3.55)."""
    files: dict[str, list[dict[str, Any]]] = {}
    for each in item.replacements:
        region = {
            "startLine": each.start_line,
            "startColumn": each.start_column,
            "endLine": each.end_line,
            "endColumn": each.end_column,
        }
        files.setdefault(each.file, []).append(
            {"deletedRegion": region, "insertedContent": {"text": each.inserted}}
        )
    return {
        "description": {"text": _plain(item.fix)},
        "artifactChanges": [
            {"artifactLocation": _artifact(file), "replacements": found}
            for file, found in files.items()
        ],
    }


def _kind(item: FindingEntry) -> dict[str, str]:
    """What is undecided is open, and has no level then (sections 3.27.9 and 3.27.10).

    GitHub reads no kind, and takes how grave an alert is from the rule's `security-severity`.
    """
    if item.is_undecided:
        return {"kind": "open", "level": "none"}
    return {"level": _LEVELS[item.level]}


def _location(item: FindingEntry, document: Judgement) -> dict[str, Any]:
    return {
        "physicalLocation": _physical(item.place or _project_file(document)),
        "logicalLocations": [
            {
                "name": name_of(item.urn),
                "fullyQualifiedName": item.urn,
                "kind": "resource",
            }
        ],
    }


def _project_file(document: Judgement) -> Position:
    """Where a resource is whose line the source does not know: GitHub refuses what is nowhere."""
    return Position(file=document.project_file or "Pulumi.yaml", line=1)


def _physical(position: Position | None) -> dict[str, Any]:
    if position is None:
        return {}
    return {
        "artifactLocation": _artifact(position.file),
        "region": {"startLine": max(1, position.line)},
    }


def _artifact(file: str) -> Mapping[str, str]:
    if PurePosixPath(file).is_absolute():
        return {"uri": f"file://{quote(file)}"}
    return {"uri": quote(file), "uriBaseId": _ROOT}


def _invocation(document: Judgement) -> dict[str, Any]:
    failed = document.verdict in {Verdict.INCOMPLETE, Verdict.PACK_FAILED}
    left_out = max(0, len(document.findings) - MOST_RESULTS)
    return {
        "executionSuccessful": not failed,
        "exitCode": document.exit_code,
        "endTimeUtc": document.time.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "toolConfigurationNotifications": list(_of_settings(document)),
        "toolExecutionNotifications": [
            *(_notification("error", text) for text in document.program_errors),
            *(
                _notification("error", f"the rule {item.rule} raised on {item.urn}:\n{item.error}")
                for item in document.rule_errors
            ),
            # What was evaluated, and what was not, belongs to every verdict.
            _notification("note", document.summary),
            *(_notification("note", f"the cost {text}") for text in _assumes(document)),
            *(
                _notification("warning", f"not evaluated: {text}")
                for text in document.not_evaluated
            ),
            *(
                _notification("note", f"remediated at deployment ({item.rule}): {item.text}")
                for item in document.remediations
            ),
            *(_notification("note", text) for text in document.notes),
            *(
                [_notification("warning", f"{left_out:,} findings, the mildest, are left out")]
                if left_out
                else []
            ),
        ],
    }


def _of_settings(document: Judgement) -> Iterator[dict[str, Any]]:
    """What is not as the pack has it, what lets more pass first."""
    for text in document.loosened:
        yield _notification("warning", text)
    for item in document.changes[:MOST_CHANGES]:
        is_looser = item.direction is Direction.LOOSER
        told = _notification("warning" if is_looser else "note", f"{item.direction}: {item.text}")
        yield told | ({"associatedRule": {"id": item.rule}} if item.rule else {})
    left_out = len(document.changes) - MOST_CHANGES
    if left_out > 0:
        yield _notification("note", f"{left_out:,} more settings that differ are left out")


def _assumes(document: Judgement) -> Iterator[str]:
    cost = document.cost
    if cost is not None and cost.converted is not None:
        yield f"is {cost.converted.text}"
    if cost is not None:
        yield from cost.assumes


def _notification(level: str, text: str) -> dict[str, Any]:
    return {"level": level, "message": {"text": _plain(text)}}


def _plain(text: str) -> str:
    """The text, where `[this](there)` would be a link (section 3.11.6)."""
    return re.sub(r"\](?=\()", r"\\]", text)


def _markdown(text: str) -> str:
    """The text as Markdown that shows it as it is."""
    return re.sub(r"([!-/:-@\[-`{-~])", r"\\\1", text)


FORMAT: Final = Format(ReportFormat.SARIF, ".sarif", render)
