"""What a user sees of the coverage of frameworks."""

from __future__ import annotations

import io
import json
from collections import Counter
from typing import Any

from rich.console import Console

from apex_guardrails.cli.tables.coverage import as_json, render, summary
from apex_guardrails.controls import (
    Control,
    ControlCoverage,
    Framework,
    FrameworkCoverage,
    Result,
    RuleResult,
)
from apex_guardrails.decide import Decision, RuleError
from apex_guardrails.judgement.pipeline import RunResult
from apex_guardrails.model import Stack
from apex_guardrails.model.credentials import SecretConfig
from apex_guardrails.rules import all_rules
from tests.policies.reports.documents import run_result

RULES = {rule.id: rule for rule in all_rules()}
NO_PUBLIC_IP, TLS = RULES["sql-no-public-ip"], RULES["sql-ssl-enforced"]
ONE = Control("f-1", "1.1", "Databases are [private]")
TWO = Control("f-1", "1.2", "Doors are locked", "about doors")
FAILS, PASSES = Result.FAILS, Result.PASSES
COVERED = FrameworkCoverage(
    Framework("f-1", "Frame", "2.0", "https://example.com", (ONE, TWO)),
    (
        ControlCoverage(
            ONE,
            FAILS,
            (
                RuleResult(TLS, PASSES, Counter({PASSES: 3})),
                RuleResult(NO_PUBLIC_IP, FAILS, Counter({FAILS: 1, PASSES: 2})),
            ),
        ),
        ControlCoverage(TWO, Result.CANNOT_BE_SEEN, ()),
    ),
)
SECRET = "hunter2-hunter2"


def report(**facts: Any) -> RunResult:
    secrets = SecretConfig({"app:password": SECRET})
    stack = Stack("dev", "shop", secret_config=secrets)
    return run_result(stack, Decision(errors=facts.pop("errors", [])), **facts)


def shown(judgement: RunResult | None, *, terminal: bool = False, width: int = 120) -> str:
    stream = io.StringIO()
    render([COVERED], judgement, Console(file=stream, force_terminal=terminal, width=width))
    return stream.getvalue()


def test_a_control_is_shown_with_its_result_and_the_rules_by_result() -> None:
    lines = shown(report()).splitlines()
    assert lines[:4] == [
        "shop, stack dev",
        "settings: the pack's defaults",
        "",
        "Frame 2.0 https://example.com",
    ]
    table = [[cell.strip() for cell in line.split("  ") if cell.strip()] for line in lines[4:]]
    assert table == [
        ["control", "result", "title", "evidence"],
        ["1.1", "fails", "Databases are [private]", "fails: sql-no-public-ip (1)"],
        ["passes: sql-ssl-enforced (3)"],
        ["1.2", "cannot be seen", "Doors are locked", "about doors"],
        ["f-1: 2 controls: fails 1, cannot be seen 1"],
    ]
    assert summary(COVERED) == lines[-1]


def test_colours_are_for_a_terminal() -> None:
    assert "\x1b[31mfails" in shown(report(), terminal=True)
    assert "\x1b" not in shown(report())


def test_without_a_run_it_says_so() -> None:
    text = shown(None)
    assert text.startswith("No program was run")
    assert "stack" not in text.splitlines()[0]
    assert json.loads(as_json([COVERED], None))["run"] is None


def test_what_is_not_whole_says_so_without_secrets() -> None:
    failed = report(program_errors=[f"died of {SECRET}\x1b[0m"], is_complete=False)
    text = shown(failed)
    assert "\nincomplete: " in text
    assert "the program failed\n  died of " in text
    assert SECRET not in text
    assert "\x1b" not in text
    run = json.loads(as_json([COVERED], failed))["run"]
    assert run["complete"] is False
    assert len(run["program_errors"]) == 1
    assert SECRET not in run["program_errors"][0]
    assert "incomplete" in shown(report(program_errors=["x"]))
    assert "incomplete" in shown(report(is_complete=False))
    raised = report(errors=[RuleError("sql-no-public-ip", "urn:x::y::z::n", "boom")])
    assert "incomplete" in shown(raised)
    assert "rule failed  sql-no-public-ip" in shown(raised)
    assert json.loads(as_json([COVERED], raised))["run"]["rule_errors"] == ["sql-no-public-ip"]
    assert "incomplete" not in shown(report())


def test_json_has_what_each_rule_says() -> None:
    content = json.loads(as_json([COVERED], report()))
    assert content["run"] == {
        "project": "shop",
        "stack": "dev",
        "settings": "the pack's defaults",
        "complete": True,
        "program_errors": [],
        "rule_errors": [],
    }
    assert content["frameworks"] == [
        {
            "id": "f-1",
            "name": "Frame",
            "version": "2.0",
            "source": "https://example.com",
            "counts": {"fails": 1, "cannot be seen": 1},
            "controls": [
                {
                    "id": "f-1:1.1",
                    "title": "Databases are [private]",
                    "result": "fails",
                    "rules": [
                        {"id": "sql-ssl-enforced", "result": "passes", "counts": {"passes": 3}},
                        {
                            "id": "sql-no-public-ip",
                            "result": "fails",
                            "counts": {"fails": 1, "passes": 2},
                        },
                    ],
                },
                {
                    "id": "f-1:1.2",
                    "title": "Doors are locked",
                    "result": "cannot be seen",
                    "reason": "about doors",
                    "rules": [],
                },
            ],
        }
    ]
