"""A table of database flags makes rules."""

from __future__ import annotations

import pytest

from apex_guardrails.gcp.types import SQL_DATABASE_INSTANCE
from apex_guardrails.model import Rule
from apex_guardrails.rules.families.database_flags import Flag, flags_of_engine
from apex_guardrails.rules.families.table import RuleRow
from apex_guardrails.testing import run_cases


def made(*, allowed: tuple[str, ...] = ("on",), required: bool = False) -> Rule:
    [rule] = flags_of_engine("POSTGRES").rules(
        "apex_guardrails.rules.sql.sql_some_flags",
        [
            RuleRow(
                id="sql-some-flag",
                about=Flag("some_flag", allowed, required),
                severity="medium",
                title="Some flag is on.",
                why="Because.",
                controls=("cis-gcp-4.0:6.2.1",),
            )
        ],
    )
    return rule


def test_a_rule_is_what_its_row_says() -> None:
    rule = made()
    assert (rule.id, rule.service, rule.on) == ("sql-some-flag", "sql", SQL_DATABASE_INSTANCE)
    assert (rule.title, rule.why) == ("Some flag is on", "Because.")
    assert rule.controls == ("cis-gcp-4.0:6.2.1",)


@pytest.mark.parametrize("required", [True, False])
@pytest.mark.parametrize("allowed", [(), ("on",), ("on", "ddl")])
def test_its_cases_hold(allowed: tuple[str, ...], *, required: bool) -> None:
    # A flag that must be set has a value that it may have.
    if required and not allowed:
        allowed = ("off",)
    assert list(run_cases([made(allowed=allowed, required=required)])) == []


@pytest.mark.parametrize(
    ("allowed", "required", "fix"),
    [
        (("on",), True, 'Set {"name": "some_flag", "value": "on"} in settings.database_flags.'),
        (
            ("on",),
            False,
            'Set {"name": "some_flag", "value": "on"} in settings.database_flags, or leave it out.',
        ),
        ((), False, 'Remove "some_flag" from settings.database_flags.'),
    ],
)
def test_how_to_fix_it(allowed: tuple[str, ...], *, required: bool, fix: str) -> None:
    assert made(allowed=allowed, required=required).fix == fix
