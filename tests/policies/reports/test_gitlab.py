"""GitLab's formats: what its documentation and schema ask for, and what a merge request shows."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from hypothesis import given, settings
from jsonschema import Draft7Validator

from apex_guardrails.judgement.entries import RuleErrorEntry, Verdict
from apex_guardrails.judgement.model import Judgement
from apex_guardrails.reports.formats import formats
from apex_guardrails.settings import ReportFormat
from tests.policies.reports.documents import finding, full_of, small, texts

_TEXT = {"type": "string", "minLength": 1}


def _object(required: str, **properties: Any) -> dict[str, Any]:
    return {"type": "object", "required": required.split(), "properties": properties}


CODE_QUALITY = {
    "type": "array",
    "items": _object(
        "description check_name fingerprint severity location",
        description=_TEXT,
        check_name=_TEXT,
        fingerprint=_TEXT,
        severity={"enum": ["info", "minor", "major", "critical", "blocker"]},
        location=_object(
            "path lines",
            path=_TEXT,
            lines=_object("begin", begin={"type": "integer", "minimum": 1}),
        ),
    ),
}
"""GitLab's documentation, "Code Quality report format": every key there is required."""

_TIME = {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}$"}
_TOOL = _object(
    "id name version vendor",
    id=_TEXT,
    name=_TEXT,
    version=_TEXT,
    vendor=_object("name", name=_TEXT),
)
SAST = _object(
    "scan version vulnerabilities",
    version={"type": "string", "pattern": r"^15\.\d+\.\d+$"},
    scan=_object(
        "analyzer end_time scanner start_time status type",
        analyzer=_TOOL,
        scanner=_TOOL,
        end_time=_TIME,
        start_time=_TIME,
        status={"enum": ["success", "failure"]},
        type={"const": "sast"},
        messages={
            "type": "array",
            "items": _object("level value", level={"enum": ["info", "warn", "fatal"]}, value=_TEXT),
        },
    ),
    vulnerabilities={
        "type": "array",
        "items": _object(
            "id identifiers location",
            id=_TEXT,
            name={"type": "string", "maxLength": 255},
            description={"type": "string", "maxLength": 1_048_576},
            severity={"enum": ["Info", "Unknown", "Low", "Medium", "High", "Critical"]},
            solution={"type": "string", "maxLength": 7_000},
            identifiers={
                "type": "array",
                "minItems": 1,
                "items": _object(
                    "type name value",
                    type=_TEXT,
                    name=_TEXT,
                    value=_TEXT,
                    url={"type": "string", "pattern": "^(https?|ftp)://.+"},
                ),
            },
            location=_object("file", file=_TEXT, start_line={"type": "number"}),
            tracking=_object(
                "items",
                items={
                    "type": "array",
                    "minItems": 1,
                    "items": _object(
                        "signatures",
                        signatures={
                            "type": "array",
                            "minItems": 1,
                            "items": _object(
                                "algorithm value", algorithm={"const": "hash"}, value=_TEXT
                            ),
                        },
                    ),
                },
            ),
        ),
    },
)
"""What GitLab's `sast-report-format.json` 15.2 requires of what we write."""

SCHEMAS = {ReportFormat.GITLAB_CODE_QUALITY: CODE_QUALITY, ReportFormat.GITLAB_SAST: SAST}


def rendered(name: ReportFormat, document: Judgement) -> Any:
    report = json.loads(formats()[name].render(document))
    Draft7Validator(SCHEMAS[name]).validate(report)
    return report


@pytest.mark.parametrize("name", SCHEMAS)
@pytest.mark.parametrize("document", [small(), small(findings=(), program_errors=("x" * 5_000,))])
def test_what_gitlab_requires_is_there(name: ReportFormat, document: Judgement) -> None:
    rendered(name, document)


@given(texts)
@settings(max_examples=60)
def test_whatever_a_program_calls_its_resources(text: str) -> None:
    for name in SCHEMAS:
        rendered(name, full_of(text))


def test_a_waived_finding_is_in_neither() -> None:
    [waived] = small().waived
    assert waived.fingerprint not in formats()[ReportFormat.GITLAB_SAST].render(small())
    assert len(rendered(ReportFormat.GITLAB_CODE_QUALITY, small())) == len(small().findings) - 1


def test_findings_in_one_line_and_of_two_stacks_are_told_apart() -> None:
    first, second = finding(fingerprint="a" * 32), finding(fingerprint="b" * 32)
    seen: list[str] = []
    for stack in ("dev", "production"):
        document = small(stack=stack, findings=(first, second))
        seen += [
            item["fingerprint"] for item in rendered(ReportFormat.GITLAB_CODE_QUALITY, document)
        ]
        report = rendered(ReportFormat.GITLAB_SAST, document)
        seen += [item["id"] for item in report["vulnerabilities"]]
        signatures = [
            item["tracking"]["items"][0]["signatures"] for item in report["vulnerabilities"]
        ]
        assert signatures[0] != signatures[1]
    assert len(set(seen)) == 8


def test_what_is_not_complete_does_not_look_like_better() -> None:
    document = small(
        findings=(),
        verdict=Verdict.INCOMPLETE,
        program_errors=("the program ends with 1",),
        rule_errors=(RuleErrorEntry(rule="a-rule", urn="urn:x", error="secret-looking"),),
    )
    issues = rendered(ReportFormat.GITLAB_CODE_QUALITY, document)
    assert [(item["check_name"], item["severity"]) for item in issues] == [
        ("program-failed", "blocker"),
        ("rule-failed", "blocker"),
    ]
    scan = rendered(ReportFormat.GITLAB_SAST, document)["scan"]
    assert scan["status"] == "failure"
    fatal = [item["value"] for item in scan["messages"] if item["level"] == "fatal"]
    assert fatal == ["the program ends with 1", "the rule a-rule raised on urn:x"]


def test_ids_are_those_of_the_last_run() -> None:
    render = formats()[ReportFormat.GITLAB_SAST].render
    assert render(small()) == render(small())
    [first, *_] = json.loads(render(small()))["vulnerabilities"]
    assert re.fullmatch(r"[0-9a-f-]{36}", first["id"])
