"""What a waiver does to findings, and what is said of one that does nothing."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from policies.errors import UsageError
from policies.model import EnforcementLevel, Finding, Outcome, Waiver
from policies.rules import all_rules
from policies.settings import Waivers, load, waivers_for

[RULE] = [rule for rule in all_rules() if rule.id == "sql-no-public-ip"]
URN = "urn:pulumi:dev::shop::gcp:sql/databaseInstance:DatabaseInstance::db"
TODAY = date(2027, 1, 1)


def finding(level: EnforcementLevel = EnforcementLevel.MANDATORY) -> Finding:
    return Finding(RULE, Outcome.FAILS, level, URN, "settings", "has a public address")


def waiver(expires: str, resource: str = "db", owner: str = "team") -> Waiver:
    return Waiver.model_validate(
        {
            "policy": RULE.id,
            "resource": resource,
            "reason": "Why.",
            "owner": owner,
            "expires": expires,
        }
    )


def test_a_waived_finding_is_advice_that_names_its_waiver() -> None:
    valid = waiver("2027-01-01")
    waived = Waivers([valid], TODAY).apply(finding())

    assert waived.level is EnforcementLevel.ADVISORY
    assert waived.waiver is valid


def test_an_expired_one_leaves_the_finding_as_it_is_and_says_so() -> None:
    expired = Waivers([waiver("2026-12-30"), waiver("2026-12-31", owner="other")], TODAY)
    left = expired.apply(finding())

    assert left.level is EnforcementLevel.MANDATORY
    assert left.waiver is None
    assert left.message == "has a public address; the waiver of other expired on 2026-12-31"
    assert expired.unused() == []


def test_of_several_one_that_counts_is_taken() -> None:
    valid = waiver("2027-02-01", resource="*")
    assert Waivers([waiver("2026-12-31"), valid], TODAY).apply(finding()).waiver is valid


def test_one_that_covers_nothing_is_a_warning() -> None:
    kept = Waivers([waiver("2027-02-01", resource="other"), waiver("2027-02-01")], TODAY)
    kept.apply(finding())

    [warning] = kept.warnings()
    assert warning.startswith(
        "the waiver for sql-no-public-ip on other (owner team) covers nothing"
    )


def test_a_finding_that_nothing_covers_is_unchanged() -> None:
    assert Waivers([], TODAY).apply(finding()) == finding()


SIGNED = (
    "  - {policy: sql-no-public-ip, resource: %s, reason: Why., owner: team, expires: 2027-02-01}\n"
)


def test_a_stack_s_waivers_are_its_own(tmp_path: Path) -> None:
    path = tmp_path / "policy-pack.yaml"
    path.write_text(
        "waivers:\n" + SIGNED % "all" + "stacks:\n  prod*:\n    waivers:\n  " + SIGNED % "one"
    )
    settings = load(path, all_rules())

    assert [item.resource for item in waivers_for(settings, "dev")] == ["all"]
    assert [item.resource for item in waivers_for(settings, "production")] == ["all", "one"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            SIGNED.replace("sql-no-public-ip", "sql-no-public-p"),
            (
                ":2: waivers.0.policy: there is no such rule: sql-no-public-p, "
                'did you mean "sql-no-public-ip"?'
            ),
        ),
        (SIGNED.replace(", owner: team", ""), ":2: waivers.0.owner: is missing"),
        (
            SIGNED.replace("2027-02-01", "20270201"),
            "waivers.0.expires: a day such as 2027-01-31 is expected, found a number",
        ),
        (
            SIGNED.replace("expires", "expiry"),
            'waivers.0.expiry: unknown key, did you mean "expires"?',
        ),
    ],
    ids=["rule", "owner", "day", "key"],
)
def test_one_that_is_not_complete_does_not_load(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "policy-pack.yaml"
    path.write_text("waivers:\n" + text % "db")
    with pytest.raises(UsageError) as error:
        load(path, all_rules())
    assert message in str(error.value)
