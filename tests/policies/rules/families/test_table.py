"""A table makes a rule of each row."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from apex_guardrails.model import EnforcementLevel, Resource, Rule, Violation, case
from apex_guardrails.model.case import Case
from apex_guardrails.rules import all_rules
from apex_guardrails.rules.families.table import RuleRow, RuleTable

MODULE = "apex_guardrails.rules.families.made_up"


def cases(input_name: str) -> Iterator[Case]:
    yield case.passes()
    yield case.fails(case.CaseResource("gcp:a/b:B", {input_name: True}))


def own_cases(input_name: str) -> Iterator[Case]:
    yield case.fails(case.CaseResource("gcp:a/b:B", {input_name: True}))


def check(input_name: str) -> Callable[[Resource], Iterator[Violation]]:
    def unset(resource: Resource) -> Iterator[Violation]:
        if resource.is_set(input_name):
            yield resource.fail(f"sets {input_name}", at=input_name)

    return unset


def applies(_: Any) -> bool:
    return True


TABLE = RuleTable[str](
    on="gcp:a/b:B", check=check, fix="Unset it.", when=applies, cases=cases, own_cases=own_cases
)
ROW = RuleRow(
    id="lb-one", about="one", severity="high", title="One is not set.", why="Why.", level="advisory"
)
ROWS = [ROW, replace(ROW, id="kms-two", about="two", fix="Remove two.", controls=("trivy:GCP-1",))]


def made(table: RuleTable[str] = TABLE) -> list[Rule]:
    return table.rules(MODULE, ROWS)


def test_a_rule_says_what_its_row_says_and_its_table() -> None:
    one, two = made()
    # The first word of an id is the service, or what that was once called.
    assert [(rule.id, rule.service) for rule in made()] == [
        ("lb-one", "loadbalancing"),
        ("kms-two", "kms"),
    ]
    assert (one.title, one.why, one.fix) == ("One is not set", "Why.", "Unset it.")
    assert (one.level, one.module, one.on) == (EnforcementLevel.ADVISORY, MODULE, "gcp:a/b:B")
    assert (two.fix, two.controls) == ("Remove two.", ("trivy:GCP-1",))


def test_the_rules_of_a_table_share_the_question_whether_they_apply() -> None:
    assert {rule.when for rule in made()} == {applies}


def test_all_cases_are_those_of_the_first_row() -> None:
    assert [len(rule.cases) for rule in made()] == [2, 1]


@pytest.mark.parametrize(("row", "fix"), [(0, "Unset one."), (1, "Remove two.")])
def test_types_and_fix_may_follow_from_what_a_row_is_about(row: int, fix: str) -> None:
    table = replace(TABLE, on=lambda name: (f"gcp:a/{name}:B",), fix=lambda name: f"Unset {name}.")
    rule = made(table)[row]
    assert (rule.on, rule.fix) == ((f"gcp:a/{ROWS[row].about}:B",), fix)


def test_a_table_outside_the_services_folders_is_found() -> None:
    found = {rule.id: rule for rule in all_rules()}["kms-key-not-public"]
    assert (found.service, found.module.split(".")[-2]) == ("kms", "families")
