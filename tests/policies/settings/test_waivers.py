"""What a waiver does to findings, and what is said of one that does nothing."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apex_guardrails.model import EnforcementLevel, Finding, Outcome, Waiver
from apex_guardrails.rules import all_rules
from apex_guardrails.settings import SETTINGS_FILE, Waivers, find_wide, load, waivers_for
from apex_guardrails.settings.signatures import fits_everything, objections
from apex_guardrails.support.errors import UsageError

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
    "  - {policy: sql-no-public-ip, resource: %s, reason: It is a test., owner: team, "
    "expires: 2027-02-01}\n"
)


def test_a_stack_s_waivers_are_its_own(tmp_path: Path) -> None:
    path = tmp_path / "policy-pack.yaml"
    path.write_text(
        "waivers:\n" + SIGNED % "all" + "stacks:\n  prod*:\n    waivers:\n  " + SIGNED % "one"
    )
    settings = load(path, all_rules(), TODAY)

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
        (
            SIGNED.replace(", owner: team", ""),
            ":2: waivers.0.owner: is missing (who is responsible for it)",
        ),
        (
            SIGNED.replace("2027-02-01", "20270201"),
            "waivers.0.expires: expected a date such as 2027-01-31, found a number",
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
        load(path, all_rules(), TODAY)
    assert message in str(error.value)


def loaded(tmp_path: Path, facts: dict[str, str], today: date = TODAY, more: str = "") -> str:
    """What is said of a waiver with some facts; "" where it loads."""
    written = {
        "policy": RULE.id,
        "resource": "db",
        "reason": "The partner moves in March.",
        "owner": "team",
        "expires": today.isoformat(),
        **facts,
    }
    text = "".join(f"  {key}: {json.dumps(value)}\n" for key, value in written.items())
    path = tmp_path / SETTINGS_FILE
    path.write_text(f"{more}\nwaivers:\n-\n{text}", "utf-8")
    try:
        load(path, all_rules(), today)
    except UsageError as error:
        return str(error)
    return ""


@pytest.mark.parametrize(
    ("more", "expires", "message"),
    [
        ("", "2028-02-05", ""),
        ("", "2028-02-06", "2028-02-05 is the latest day (max_waiver_days: 400)"),
        ("", "9999-12-31", "2028-02-05 is the latest day (max_waiver_days: 400)"),
        ("max_waiver_days: 30", "2027-01-31", ""),
        ("max_waiver_days: 30", "2027-02-01", "2027-01-31 is the latest day"),
        ("max_waiver_days: 36500", "2100-01-01", ""),
        ("max_waiver_days: 0", "2027-01-31", "max_waiver_days: expected at least"),
        ("max_waiver_days: true", "2027-01-31", "max_waiver_days: expected a number"),
    ],
)
def test_one_that_ends_too_late_does_not_load(
    tmp_path: Path, more: str, expires: str, message: str
) -> None:
    said = loaded(tmp_path, {"expires": expires}, more=more)

    assert message in said
    assert bool(said) is bool(message)


def test_the_end_of_time_is_a_day_like_others(tmp_path: Path) -> None:
    last = date(9999, 12, 20)

    assert loaded(tmp_path, {"expires": "9999-12-31"}, last) == ""
    late = loaded(tmp_path, {"expires": "9999-12-31"}, last, "max_waiver_days: 3")
    assert "9999-12-23 is the latest day" in late


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        *(
            ("reason", text, "reason: says too little; expected a reason of at least 8 letters")
            for text in (
                ".",
                "xx",
                "n/a",
                "TODO",
                "-",
                "tbd tbd",
                "because",
                "aaaaaaaaaa",
                "12345678",
            )
        ),
        *(
            ("owner", text, "owner: names nobody")
            for text in (".", "me", "n/a", "todo", "Nobody", "no-one", "xxx", "??????")
        ),
        ("resource", "*", "resource: matches every resource"),
        *(("reason", text, "") for text in ("Moves in May", "\u516c\u5f00\u7f51\u7ad9")),
        *(("owner", text, "") for text in ("SRE", "a.b@c.de", "team-1", "\u8fd0\u7ef4\u7ec4")),
    ],
)
def test_one_that_says_nothing_does_not_load(
    tmp_path: Path, key: str, value: str, message: str
) -> None:
    said = loaded(tmp_path, {key: value})

    assert message in said
    assert bool(said) is bool(message)


def test_nothing_is_asked_of_one_that_has_expired(tmp_path: Path) -> None:
    expired = {"resource": "*", "reason": "r", "owner": "o", "expires": "2020-01-01"}
    assert loaded(tmp_path, expired) == ""


def test_what_an_anchor_brings_is_asked_as_what_stands_there(tmp_path: Path) -> None:
    path = tmp_path / SETTINGS_FILE
    path.write_text(
        "waivers:\n"
        "- &w {policy: sql-no-public-ip, resource: db, reason: It is a test., owner: team,\n"
        "     expires: 2027-02-01}\n"
        "- {<<: *w, policy: sql-ssl-enforced}\n"
        "- {<<: *w, resource: '*'}\n"
        "- {<<: *w, policy: 'sql-*'}\n"
    )
    with pytest.raises(UsageError) as error:
        load(path, all_rules(), TODAY)

    assert [
        line.partition(": ")[2].partition(": ")[0] for line in str(error.value).splitlines()
    ] == [
        "waivers.3.policy",
        "waivers.2.resource",
    ]


EVERYTHING = (
    *("*", "**", "?*", "*?", "*?*", "[!x]*", "*[a-z]*", "[a-z]*", "*-*", "*_?", "a*", "*::*"),
    *("gcp:*::*", "gcp*::*", "*:*::*", "*$gcp:*::*", "g*:*::[!x]*", "urn:*", "urn:pulumi:*"),
    *("urn:pulumi:dev::*", "urn:pulumi:dev::shop::*", "urn:pulumi:dev::shop::gcp:*::*"),
    *("urn:pulumi:dev::shop*", "urn:*::shop::*::*", "urn:*::*", "urn:" + "?" * 60),
)
OF_THE_RULE = (
    *("gcp:sql/databaseInstance:DatabaseInstance::*", "*DatabaseInstance::*", "gcp:sql*::?*"),
    *("urn:pulumi:dev::shop::gcp:sql/databaseInstance:DatabaseInstance::*", "gcp:*sql/*::*"),
)
SOME = (
    *("db", "d", "*db", "db-*", "[d][b]*", "*::db", "gcp:sql*::db*", "urn:*db", "-", "a[*]b*"),
    *("urn:pulumi:dev::shop::*::db*", "gcp:storage*::*"),
)


@pytest.mark.parametrize("pattern", [*EVERYTHING, *OF_THE_RULE])
def test_a_pattern_that_leaves_out_nothing_is_none(pattern: str) -> None:
    assert fits_everything(pattern, RULE)


@pytest.mark.parametrize("pattern", SOME)
def test_a_pattern_that_names_something_is_one(pattern: str) -> None:
    assert not fits_everything(pattern, RULE)


@pytest.mark.parametrize("pattern", OF_THE_RULE)
def test_a_type_is_something_where_the_rule_is_about_others_too(pattern: str) -> None:
    [labels] = [rule for rule in all_rules() if rule.id == "labels-required-keys"]

    assert not fits_everything(pattern, labels)
    assert not fits_everything(pattern, None)


@given(st.text(st.sampled_from("*?[]!:$-_./ "), max_size=12).map("*{}".format))
def test_without_a_letter_no_pattern_is_one(pattern: str) -> None:
    fits_one = waiver("2027-01-01", resource=pattern).covers(RULE.id, URN)
    assert fits_everything(pattern, RULE) or not fits_one


WRITTEN = st.builds(
    lambda expires, **texts: waiver("2027-01-01").model_copy(update={"expires": expires, **texts}),
    expires=st.dates(),
    resource=st.text(),
    reason=st.text(),
    owner=st.text(),
)


@given(WRITTEN, st.dates(), st.integers(1, 36_500))
def test_whatever_is_written_and_whenever_it_is_read(
    written: Waiver, today: date, longest: int
) -> None:
    said = dict(objections(written, RULE, today, longest))

    assert set(said) <= {"expires", "resource", "reason", "owner"}
    assert ("expires" in said) is ((written.expires - today).days > longest)


def test_one_that_covers_many_resources_is_named() -> None:
    kept = Waivers([waiver("2027-02-01", resource="db*")], TODAY)
    for number in range(21):
        kept.apply(replace(finding(), urn=f"{URN}-{number}"))

    [warning] = kept.warnings()
    assert warning.startswith("the waiver for sql-no-public-ip on db* (owner team) covers 21 res")


def test_what_may_cover_too_much_is_wide() -> None:
    kind = waiver("2027-02-01", resource="gcp:storage/bucket:Bucket::*")
    short = waiver("2027-02-01", resource="*db*")
    many = [
        waiver("2027-02-01", resource="orders").model_copy(update={"policy": rule.id})
        for rule in all_rules()[:6]
    ]

    assert list(find_wide([kind, short, *many])) == [
        f"{kind}: is wide: it names a type, not a resource (team)",
        "sql-no-public-ip on *db*: is wide: it gives only 2 letters of a name (team)",
        "orders: is waived from 6 rules",
    ]
    assert not list(find_wide([waiver("2027-02-01", resource="orders-*"), *many[:5]]))
