"""What a user sees of a judgement."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import example, given
from rich.console import Console

from apex_guardrails.decide import Decision, RuleError
from apex_guardrails.judgement.entries import Verdict
from apex_guardrails.judgement.pipeline import RunResult
from apex_guardrails.model import (
    EnforcedRule,
    EnforcementLevel,
    Finding,
    Outcome,
    Resource,
    Severity,
    SourcePosition,
    Stack,
    Waiver,
)
from apex_guardrails.provider import resource_type
from apex_guardrails.reports.console import render
from apex_guardrails.rules import all_rules
from apex_guardrails.support.text import visible
from tests.policies.reports.documents import run_result, texts

SQL = "gcp:sql/databaseInstance:DatabaseInstance"
RULES = {rule.id: rule for rule in all_rules()}
ADVISORY = EnforcementLevel.ADVISORY
IN_FORCE = [
    EnforcedRule(rule, ADVISORY, ADVISORY, rule.parameters())
    for rule in [RULES["sql-no-public-ip"], *[it for it in all_rules() if it.service == "sql"][:10]]
]
REACH = "2 of 3 resources evaluated; 1 of gcp not evaluated; 11 rules"


def stack() -> Stack:
    made = Stack("dev", "project")
    parts = [
        ("pulumi:pulumi:Stack", "project-dev", "", False),
        ("app:Databases", "databases", "pulumi:pulumi:Stack::project-dev", False),
        (SQL, "db", "app:Databases::databases", True),
        (SQL, "replica", "app:Databases::databases", True),
        ("gcp:compute/network:Network", "vpc", "", True),
        ("pulumi:providers:gcp", "default", "", True),
    ]
    for token, name, parent, custom in parts:
        made.add(
            Resource(
                f"urn:pulumi:dev::project::{token}::{name}",
                resource_type(token),
                {},
                made,
                parent=f"urn:pulumi:dev::project::{parent}" if parent else "",
                custom=custom,
            )
        )
    return made


def finding(**facts: Any) -> Finding:
    return Finding(
        **{
            "rule": RULES["sql-no-public-ip"],
            "outcome": Outcome.FAILS,
            "level": EnforcementLevel.MANDATORY,
            "urn": f"urn:pulumi:dev::project::app:Databases${SQL}::db",
            "path": "settings.ipConfiguration.ipv4Enabled",
            "message": "has a public IPv4 address",
            **facts,
        }
    )


def report(*findings: Finding, **facts: Any) -> RunResult:
    decision = Decision(findings=list(findings), errors=facts.pop("errors", []))
    return run_result(stack(), decision, IN_FORCE, **facts)


def shown(
    result: RunResult, *, terminal: bool = False, width: int = 80, is_verbose: bool = False
) -> str:
    stream = io.StringIO()
    console = Console(file=stream, force_terminal=terminal, width=width)
    render(result.judgement, console, root=result.root, is_verbose=is_verbose)
    return stream.getvalue()


def test_a_violation_says_where_what_why_and_how(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir("/")
    position = SourcePosition("/infra/postgres.py", 77)
    text = shown(
        report(finding(position=position, property_position=SourcePosition(position.file, 136)))
    )

    rule = RULES["sql-no-public-ip"]
    assert (
        "critical violation: Cloud SQL instances have no public IP address\n"
        "  infra/postgres.py:77 (set at infra/postgres.py:136)\n"
        f"  {SQL} db\n"
        "  has a public IPv4 address (settings.ipConfiguration.ipv4Enabled)\n"
        f"  why: {rule.why}\n"
        f"  fix: {rule.fix}\n"
        "  rule: sql-no-public-ip\n"
    ) in text
    assert f"dev may not be deployed: 1 mandatory finding ({REACH}, 1 viol" in text
    assert "\x1b" not in text


def test_what_is_known_of_the_place_is_shown() -> None:
    position = SourcePosition("/elsewhere/main.py", 3)

    assert "/elsewhere/main.py:3\n" in shown(report(finding(position=position)))
    same = finding(position=position, property_position=position)
    assert "the property" not in shown(report(same))
    assert ".py" not in shown(report(finding()))


def test_advice_comes_last_and_allows() -> None:
    advice = finding(
        rule=RULES["labels-required-keys"],
        level=EnforcementLevel.ADVISORY,
        path="",
        message="lacks",
    )
    judgement = report(advice, finding())
    text = shown(judgement)

    assert text.index("critical violation:") < text.index("medium violation, advice:")
    assert report(advice).judgement.verdict is Verdict.ALLOWED
    assert f"dev may be deployed ({REACH}, 1 violation, 0 undecided)" in shown(report(advice))


def test_what_is_undecided_is_said_to_be() -> None:
    text = shown(report(finding(outcome=Outcome.UNDECIDED)))

    assert "critical undecided: Cloud SQL" in text
    assert "0 violations, 1 undecided" in text


def test_what_would_be_deployed_by_component_and_type() -> None:
    assert "3 resources of 2 types in 1 component\n" in shown(report())
    table = [line.split() for line in shown(report(), is_verbose=True).splitlines()]
    assert ["(no", "component)", "gcp:compute/network:Network", "1"] in table
    assert ["databases", SQL, "2"] in table


def test_a_stack_without_resources() -> None:
    empty = run_result(Stack("dev", "p"), Decision())

    assert "registers no resources: there is nothing to judge" in shown(empty)
    assert empty.judgement.exit_code == 0


def test_a_program_that_failed_is_shown_as_such() -> None:
    text = shown(report(program_errors=["Traceback\n  line"], is_complete=False))

    assert "  Traceback\n    line\n" in text
    assert "dev not evaluated completely: the program failed" in text


def test_a_rule_that_failed_is_shown_as_such() -> None:
    urn = f"urn:pulumi:dev::project::{SQL}::db"
    judgement = report(errors=[RuleError("some-rule", urn, "Traceback\nError: x\n")])
    text = shown(judgement)

    assert "some-rule" in text
    assert "Error: x" in text
    assert "dev not evaluated completely: a rule failed" in text
    assert judgement.judgement.exit_code == 4


def test_values_are_no_markup_and_drive_no_terminal() -> None:
    text = shown(
        report(
            finding(message="is [bold]bold[/bold] and \x1b[31mred"),
            output=["[link=x]printed[/link] \x07"],
            notes=["[red]a note"],
        )
    )

    assert "is [bold]bold[/bold] and " in text
    assert "[link=x]printed[/link] " in text
    assert "[red]a note" in text
    assert "\x1b" not in text
    assert "\x07" not in text


def test_on_a_terminal_there_is_colour(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")

    assert "\x1b[" in shown(report(finding()), terminal=True)


def test_nothing_is_cut_off() -> None:
    long = "x" * 300
    assert f"{long} (" in shown(report(finding(message=long)))
    narrow = shown(report(), width=30)
    assert "\N{HORIZONTAL ELLIPSIS}" not in narrow


def test_what_is_waived_is_shown_with_who_answers_for_it() -> None:
    waiver = Waiver.model_validate(
        {
            "policy": "sql-no-public-ip",
            "resource": "db",
            "reason": "The migration needs it.",
            "owner": "data-team",
            "expires": "2099-12-31",
            "ticket": "OPS-7",
        }
    )
    judged = report(finding(level=EnforcementLevel.ADVISORY, waiver=waiver))
    assert "waived: 1 finding, the first ends on 2099-12-31; --verbose lists them\n" in shown(
        judged
    )
    text = shown(judged, is_verbose=True)

    assert "waived: The migration needs it. (data-team, until 2099-12-31, OPS-7)\n" in text
    assert "  sql-no-public-ip: gcp:sql/databaseInstance:DatabaseInstance db has a public" in text
    assert "dev may be deployed" in text
    assert "0 violations, 0 undecided, 1 waived" in text
    assert judged.judgement.advice == []


def test_what_is_known_already_is_shown_with_its_place_and_stops_nothing() -> None:
    known = finding(
        level=EnforcementLevel.ADVISORY,
        known_since=date(2026, 11, 30),
        outcome=Outcome.UNDECIDED,
    )
    judged = report(known)
    assert "known: 1 finding that the baseline records\n" in shown(judged)
    text = shown(judged, is_verbose=True)

    assert "known since 2026-11-30 (baseline), undecided: Cloud SQL instances have no" in text
    assert "  rule: sql-no-public-ip" in text
    assert "dev may be deployed" in text
    assert "0 violations, 0 undecided, 1 known" in text
    assert judged.judgement.advice == []


def test_the_same_finding_on_many_resources_is_one_block() -> None:
    position = SourcePosition("/infra/postgres.py", 77)
    others = [
        finding(urn=f"urn:pulumi:dev::project::{SQL}::{name}", position=position, message=name)
        for name in ("other", "third")
    ]
    text = shown(report(finding(), *others, finding(level=EnforcementLevel.ADVISORY)))
    rule = RULES["sql-no-public-ip"]
    path = "settings.ipConfiguration.ipv4Enabled"
    assert (
        "critical violation: Cloud SQL instances have no public IP address (3 resources)\n"
        f"  {SQL} db: has a public IPv4 address ({path})\n"
        f"  /infra/postgres.py:77: {SQL} other: other ({path})\n"
        f"  /infra/postgres.py:77: {SQL} third: third ({path})\n"
        f"  why: {rule.why}\n"
    ) in text
    assert text.count("critical violation") == 2
    assert "3 mandatory findings" in text


def test_what_is_let_pass_of_critical_rules_is_said() -> None:
    text = shown(report())
    assert re.search(r"\n  \d+ rules are lowered to advice by settings, \d of them crit", text)
    named = re.findall(r"^  looser: (.*): advisory \(default mandatory\)$", text, re.MULTILINE)
    assert {RULES[name].severity for name in named} == {Severity.CRITICAL}
    listed = shown(report(), is_verbose=True)
    assert "  tighter: sql-client-certificates-required: advisory (default disabled)\n" in listed
    assert "  tighter: " not in text


@given(texts)
@example("][#")
def test_names_and_messages_add_no_line_and_no_command(text: str) -> None:
    named = finding(urn=f"urn:pulumi:dev::project::{SQL}::{text}", path=text, message=text)
    waiver = Waiver(
        policy="sql-no-public-ip", resource="*", reason="r", owner="o", expires=date(2099, 1, 1)
    )
    made = report(named, replace(named, waiver=waiver), output=[text], notes=[text])
    plain = report(finding(), replace(finding(), waiver=waiver), output=["plain"], notes=["plain"])
    written = shown(made, width=10_000, is_verbose=True)
    extra = 2 * (len(visible(text).split("\n")) - 1)  # the output and the note have their own
    assert (
        len(written.split("\n"))
        == len(shown(plain, width=10_000, is_verbose=True).split("\n")) + extra
    )
    assert not re.search(r"^\s*::|##\[|[\x00-\x08\x0b-\x1f\x7f-\x9f]", written, re.MULTILINE)


def test_what_no_rule_is_about_may_not_be_said_to_be_in_order() -> None:
    about_networks = [
        EnforcedRule(rule, ADVISORY, ADVISORY, rule.parameters())
        for rule in all_rules()
        if rule.service == "redis" or rule.on == "*"
    ]
    judgement = run_result(stack(), Decision(), about_networks)
    text = shown(judgement, terminal=True, width=500)
    assert (
        "not evaluated: 3 resources of Google types without a rule of their own: "
        "gcp:sql/databaseInstance:DatabaseInstance (2), gcp:compute/network:Network (1)\n"
    ) in text
    *_, last = text.splitlines()
    assert last.startswith(
        "\x1b[1;33mdev was not evaluated: no rule is about any of its resources "
        "(0 of 3 resources evaluated; 3 of gcp not evaluated; "
    )
    assert judgement.judgement.exit_code == 0
    # What is wrong is said all the same.
    judgement = run_result(stack(), Decision(findings=[finding()]), about_networks)
    assert "dev may not be deployed: 1 mandatory finding (0 of 3 resources evaluated; " in shown(
        judgement
    )


def test_a_stack_without_resources_has_nothing_to_judge() -> None:
    judgement = run_result(Stack("dev", "project"), Decision(), IN_FORCE)
    text = shown(judgement, terminal=True)
    assert (
        "\x1b[1;33mdev has nothing to judge (0 resources evaluated, 11 rules, 0 violations" in text
    )
    assert "may be deployed" not in text
    assert judgement.judgement.exit_code == 0
    failed = run_result(Stack("dev", "project"), Decision(), IN_FORCE, is_complete=False)
    assert (
        "dev not evaluated completely: not every resource was seen (0 resources evaluated, "
        in shown(failed)
    )
