"""SARIF as GitHub takes it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given

from apex_guardrails.judgement.entries import Position
from apex_guardrails.judgement.model import Judgement
from apex_guardrails.model import EnforcementLevel, Outcome, Severity
from apex_guardrails.reports import sarif
from apex_guardrails.reports.sarif import MOST_RESULTS, render
from tests.policies.reports.documents import change, finding, full_of, rule, small, texts

SCHEMA = json.loads(Path(__file__).with_name("sarif.schema.json").read_text("utf-8"))


def run_of(document: Judgement) -> dict[str, Any]:
    log = json.loads(render(document))
    jsonschema.Draft202012Validator(SCHEMA).validate(log)
    run: dict[str, Any] = log["runs"][0]
    return run


@given(texts)
def test_it_is_valid_whatever_the_program_says(text: str) -> None:
    run = run_of(full_of(text))
    for result in run["results"]:
        assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
        assert "](" not in result["message"]["text"].replace("\\](", "")


def test_a_finding_is_at_the_property_and_its_resource_is_near() -> None:
    first, second, third, waived, known = run_of(small())["results"]

    assert first["level"] == "error"
    physical = first["locations"][0]["physicalLocation"]
    assert physical == {
        "artifactLocation": {"uri": "infra/db%20main.py", "uriBaseId": "%SRCROOT%"},
        "region": {"startLine": 15},
    }
    assert first["relatedLocations"][0]["physicalLocation"]["region"] == {"startLine": 12}
    # What has no line is in the project's file: GitHub refuses what is nowhere.
    nowhere = second["locations"][0]["physicalLocation"]
    assert nowhere["artifactLocation"]["uri"] == "Pulumi.yaml"
    assert second["message"]["text"].startswith("Undecided: pulumi:pulumi:Stack shop-dev: ")
    assert third["level"] == "warning"
    assert "relatedLocations" not in third
    assert waived["suppressions"] == [
        {
            "kind": "external",
            "status": "accepted",
            "justification": "Moves in May. (team-db, until 2027-05-31, DB-7)",
        }
    ]
    assert "suppressions" not in first
    # What the baseline knows is shown still, as what was there before.
    assert "suppressions" not in known
    assert (known["level"], known["baselineState"]) == ("warning", "unchanged")
    assert known["properties"]["knownSince"] == "2026-11-30"
    assert first["baselineState"] == "new"
    assert "baselineState" not in run_of(small(findings=(finding(),), baseline=None))["results"][0]


def test_what_is_undecided_is_open_and_says_what_it_does_all_the_same() -> None:
    undecided = [
        finding(outcome=Outcome.UNDECIDED, level=level)
        for level in (EnforcementLevel.MANDATORY, EnforcementLevel.ADVISORY)
    ]
    *both, decided = run_of(small(findings=(*undecided, finding())))["results"]
    assert [(item["kind"], item["level"]) for item in both] == [("open", "none")] * 2
    levels = [item["properties"]["enforcementLevel"] for item in both]
    assert levels == ["mandatory", "advisory"]
    assert "kind" not in decided


def test_a_rule_has_its_page_where_settings_say_where_it_is() -> None:
    page = "https://docs.example.com/rules/sql-no-public-ip.html"
    findings = (finding(), finding(rule="CKV_GCP_1"))
    made = run_of(small(findings=findings))["tool"]["driver"]["rules"]
    rules = {item["id"]: item for item in made}
    assert rules["sql-no-public-ip"]["helpUri"] == page
    assert rules["sql-no-public-ip"]["help"]["markdown"].endswith(f"[The rule's page](<{page}>)")
    # A check of another tool has no page of ours.
    assert "helpUri" not in rules["CKV_GCP_1"]
    [nowhere] = run_of(small(rule_pages=None, rules=(rule("a-b"),), findings=()))["tool"]["driver"][
        "rules"
    ]
    assert "helpUri" not in nowhere
    assert "](" not in nowhere["help"]["markdown"]


def test_what_is_outside_the_repository_has_its_whole_path() -> None:
    place = Position(file="/opt/lib/a b.py", line=0)
    [result] = run_of(small(findings=(finding(property_position=place),)))["results"]
    physical = result["locations"][0]["physicalLocation"]
    assert physical == {
        "artifactLocation": {"uri": "file:///opt/lib/a%20b.py"},
        "region": {"startLine": 1},
    }


def test_an_alert_is_known_again_when_lines_move() -> None:
    moved = small(findings=(finding(property_position=Position(file="infra/b.py", line=99)),))
    before, after = run_of(small())["results"][0], run_of(moved)["results"][0]
    assert before["locations"] != after["locations"]
    assert before["partialFingerprints"] == after["partialFingerprints"]


def test_rules_say_how_grave_they_are_and_those_that_are_off_say_so() -> None:
    rules = {item["id"]: item for item in run_of(small())["tool"]["driver"]["rules"]}
    assert rules["run-probes"]["defaultConfiguration"]["enabled"] is False
    assert "vpc-flow-logs" in rules
    assert rules["sql-no-public-ip"]["properties"]["security-severity"] == "9.5"
    assert "cis-gcp-4.0:6.6" in rules["sql-no-public-ip"]["properties"]["tags"]
    assert "Fix: Set ipv4_enabled=False." in rules["sql-no-public-ip"]["help"]["text"]
    order = [
        float(
            run_of(small(rules=(rule("a-b", severity=severity),), findings=()))["tool"]["driver"][
                "rules"
            ][0]["properties"]["security-severity"]
        )
        for severity in Severity
    ]
    assert order == sorted(order)
    many = rule("a-b", controls=tuple(map(str, range(100))))
    [made] = run_of(small(rules=(many,), findings=()))["tool"]["driver"]["rules"]
    assert len(made["properties"]["tags"]) == 20


def test_a_finding_of_a_rule_that_is_not_listed_has_one_all_the_same() -> None:
    [made] = run_of(small(rules=(), findings=(finding(rule="CKV_1"), finding(rule="CKV_1"))))[
        "tool"
    ]["driver"]["rules"]
    assert made["id"] == "CKV_1"


def test_a_judgement_that_is_not_whole_says_so() -> None:
    whole = run_of(small())["invocations"][0]
    assert whole["executionSuccessful"] is True
    assert whole["endTimeUtc"] == "2026-12-01T08:30:00Z"
    [broken] = run_of(small(verdict="incomplete", exit_code=3, program_errors=("it ended",)))[
        "invocations"
    ]
    assert broken["executionSuccessful"] is False
    assert broken["exitCode"] == 3
    assert {"level": "error", "message": {"text": "it ended"}} in broken[
        "toolExecutionNotifications"
    ]


def test_more_results_than_github_takes_are_cut_and_counted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert MOST_RESULTS == 25_000
    monkeypatch.setattr(sarif, "MOST_RESULTS", 3)
    run = run_of(small(findings=(finding(),) * 5))
    assert len(run["results"]) == 3
    said = [it["message"]["text"] for it in run["invocations"][0]["toolExecutionNotifications"]]
    assert "2 findings, the mildest, are left out" in said


def test_what_is_new_is_said_to_be() -> None:
    base = small(findings=small().findings[1:])
    states = [item["baselineState"] for item in run_of(small().compared_with(base))["results"]]
    assert states == ["new", *["unchanged"] * 4]


def test_what_settings_change_is_told_before_anything_else() -> None:
    run = run_of(small())
    told = run["invocations"][0]["toolConfigurationNotifications"]

    assert [(item["level"], item["message"]["text"]) for item in told] == [
        ("warning", "1 rule is off by settings, 0 of them critical"),
        ("warning", "looser: run-probes: disabled (default mandatory)"),
        ("warning", "looser: cost.usage.resources.*.active_hours: 0.0001 (default 730)"),
        ("note", "tighter: labels-required-keys.keys: disabled (default mandatory)"),
    ]
    assert told[1]["associatedRule"] == {"id": "run-probes"}
    rules = {item["id"]: item["defaultConfiguration"] for item in run["tool"]["driver"]["rules"]}
    assert rules["run-probes"] == {"enabled": False, "level": "none"}
    assert rules["redis-auth"] == {"enabled": True, "level": "error"}


def test_a_rule_that_is_off_by_default_is_not_told() -> None:
    run = run_of(small(changes=(), loosened=()))

    assert run["invocations"][0]["toolConfigurationNotifications"] == []
    assert "run-probes" not in {item["id"] for item in run["tool"]["driver"]["rules"]}


def test_of_very_many_changes_the_last_are_counted() -> None:
    run = run_of(small(changes=tuple(change(f"r{number}") for number in range(502))))
    told = run["invocations"][0]["toolConfigurationNotifications"]

    assert len(told) == 502
    assert told[-1]["message"]["text"] == "2 more settings that differ are left out"
