"""The record of what was wrong already: its file, and what it does to findings."""

from __future__ import annotations

import json
import tempfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apex_guardrails.model import EnforcementLevel, Finding, Identity, Outcome, Waiver, identities
from apex_guardrails.rules import all_rules
from apex_guardrails.settings import (
    BASELINE_FILE,
    Baseline,
    BaselineEntry,
    PolicyPackSettings,
    Waivers,
)
from apex_guardrails.settings.baseline import BaselineContent, Record, read_record
from apex_guardrails.support.errors import UsageError

RULES = {rule.id: rule for rule in all_rules()}
RULE = RULES["sql-no-public-ip"]
URN = "urn:pulumi:dev::shop::gcp:sql/databaseInstance:DatabaseInstance::db"
DAY = date(2026, 11, 30)
NO_WAIVERS = Waivers((), DAY)


def finding(message: str = "has a public address", **facts: Any) -> Finding:
    given = {"outcome": Outcome.FAILS, "urn": URN, "path": "settings", **facts}
    return Finding(RULE, level=EnforcementLevel.MANDATORY, message=message, **given)


def entry(**facts: Any) -> BaselineEntry:
    known = {"rule": RULE.id, "urn": URN, "outcome": "fails", "path": "settings", "occurrence": 1}
    return BaselineEntry.of(Identity(**{**known, **facts}), DAY)


def recorded(*entries: BaselineEntry, stack: str = "dev") -> Record:
    return Record(Path(BASELINE_FILE), BaselineContent(version=1, stacks={stack: entries}), "ab")


def read(folder: Path, text: str) -> Record:
    (folder / BASELINE_FILE).write_text(text)
    return read_record(PolicyPackSettings(), folder, all_rules())


def test_a_recorded_finding_is_advice_that_says_since_when_it_is_known() -> None:
    baseline = Baseline(recorded(entry()), "dev")
    known, other = baseline.apply([finding(), finding(path="tier")], NO_WAIVERS, str)

    assert (known.level, known.known_since) == (EnforcementLevel.ADVISORY, DAY)
    assert (other.level, other.known_since) == (EnforcementLevel.MANDATORY, None)
    assert baseline.warnings() == []


@pytest.mark.parametrize(
    "other", [{"path": "tier"}, {"urn": f"{URN}-2"}, {"outcome": Outcome.UNDECIDED}]
)
def test_what_differs_in_resource_path_or_outcome_is_new(other: dict[str, Any]) -> None:
    [new] = Baseline(recorded(entry()), "dev").apply([finding(**other)], NO_WAIVERS, str)
    assert new == finding(**other)


def test_of_several_at_one_place_as_many_are_known_as_were_recorded() -> None:
    found = [finding("port 80"), finding("port 22"), finding("port 443")]
    for order in (found, found[::-1]):
        baseline = Baseline(recorded(entry(), entry(occurrence=2)), "dev")
        applied = baseline.apply(order, NO_WAIVERS, str)
        new = [item.message for item in applied if item.known_since is None]
        assert new == ["port 80"]


def test_who_a_finding_is_does_not_depend_on_its_place_or_level() -> None:
    found = [finding("a"), finding("b", known_since=DAY)]
    backwards = identities(found[::-1], str)
    assert identities(found, str) == backwards[::-1]
    assert [item.occurrence for item in backwards] == [2, 1]


def test_another_stack_s_record_is_not_used() -> None:
    baseline = Baseline(recorded(entry()), "production")
    assert baseline.apply([finding()], NO_WAIVERS, str) == [finding()]
    assert (baseline.source, baseline.warnings()) == ("", [])


def test_a_secret_in_a_name_is_known_again_by_what_is_shown_of_it() -> None:
    hidden = entry(urn=URN.replace("::db", "::[secret key]"))
    [known] = Baseline(recorded(hidden), "dev").apply(
        [finding(urn=URN.replace("::db", "::hunter2"))],
        NO_WAIVERS,
        lambda text: text.replace("hunter2", "[secret key]"),
    )
    assert known.known_since == DAY


@pytest.mark.parametrize(("expires", "level"), [("2026-11-29", "mandatory"), (None, "advisory")])
def test_what_a_waiver_is_about_is_not_the_record_s(expires: str | None, level: str) -> None:
    """Most of all, a record does not prolong a waiver that has expired."""
    facts = {"policy": RULE.id, "resource": "db" if expires else "other", "reason": "R."}
    waiver = Waiver.model_validate({**facts, "owner": "o", "expires": expires or "2026-12-31"})
    waivers = Waivers([waiver], DAY)
    baseline = Baseline(recorded(entry()), "dev")
    [applied] = baseline.apply([waivers.apply(finding())], waivers, str)

    assert applied.level == level
    assert bool(baseline.unused()) is (level == "mandatory")


def test_what_does_not_occur_any_more_is_one_warning() -> None:
    entries = [entry(), entry(path="a"), entry(path="b", outcome="undecided")]
    baseline = Baseline(recorded(*entries), "dev")
    baseline.apply([finding()], NO_WAIVERS, str)

    [warning] = baseline.warnings()
    assert warning == (
        f"the baseline records findings that no longer occur: {RULE.id} on db (a) and 1 more; "
        "`apex baseline update` removes them"
    )
    # A source that knows more decides what offline is undecided.
    assert " more; " not in baseline.warnings(undecided=False)[0]
    assert Baseline(recorded(*entries), "dev", lambda rule_id: rule_id != RULE.id).unused() == []


names = st.text(max_size=20)
entries_of_dev = st.builds(
    lambda path, name, outcome, occurrence: entry(
        path=path, urn=f"{URN}{name}", outcome=outcome, occurrence=occurrence
    ),
    st.text(max_size=20),
    st.text(max_size=20),
    st.sampled_from(["fails", "undecided"]),
    st.integers(1, 9),
)


@given(st.lists(entries_of_dev, max_size=6, unique_by=lambda item: item.identity), st.randoms())
def test_what_is_written_is_read_again_and_its_order_is_always_the_same(
    entries: list[BaselineEntry], random: Any
) -> None:
    content = BaselineContent(version=1, stacks={"dev": tuple(entries), "a": ()})
    text = content.text()
    with tempfile.TemporaryDirectory() as folder:
        again = read(Path(folder), text).content

    assert text.isascii()
    assert len(text.splitlines()) == 7 + len(entries) + bool(entries)
    assert set(again.stacks["dev"]) == set(entries)
    assert again.text() == text
    random.shuffle(entries)
    assert content.with_stack("dev", entries).text() == text


def line(**changes: Any) -> str:
    made = {**entry().model_dump(mode="json"), **changes}
    return json.dumps({"version": 1, "stacks": {"dev": [made]}})


OTHER_STACK = URN.replace(":dev:", ":production:")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[", ": not valid JSON: "),
        ('{"stacks": {}}', ": version: is missing; `apex baseline create` writes such a file"),
        ('{"version": 2, "stacks": {}}', ": version: expected 1"),
        ('{"version": 1, "stack": {}}', "is missing"),
        (line(since="30.11.2026"), "stacks.dev.0.since: expected a date such as 2027-01-31"),
        (line(since=0), "stacks.dev.0.since: expected a date such as"),
        (line(occurrence=0), "stacks.dev.0.occurrence: "),
        (line(outcome="passes"), "stacks.dev.0.outcome: "),
        (line(why="x"), "stacks.dev.0.why: "),
        # What a reviewer reads is what counts.
        (line(path="tier"), "stacks.dev.0: the fingerprint does not match the finding described"),
        (
            json.dumps(
                {
                    "version": 1,
                    "stacks": {"dev": [entry(rule="sql-no-public-p").model_dump(mode="json")] * 2},
                }
            ),
            (
                ": stacks.dev: sql-no-public-p, 2 of its entries: there is no such rule, did you "
                'mean "sql-no-public-ip"?; remove them'
            ),
        ),
        (
            json.dumps(
                {
                    "version": 1,
                    "stacks": {"dev": [entry(rule="cost-within-budget").model_dump(mode="json")]},
                }
            ),
            "cost limits are set in the settings",
        ),
        (
            recorded(entry(urn=OTHER_STACK)).content.text(),
            "stacks.dev.0.urn: belongs to another stack; remove the entry",
        ),
        (
            recorded(entry(), entry()).content.text(),
            "stacks.dev.1: is listed twice; remove one",
        ),
    ],
)
def test_a_file_that_is_not_whole_does_not_load(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(UsageError) as error:
        read(tmp_path, text)
    assert f"{tmp_path / BASELINE_FILE}: " in str(error.value)
    assert message in str(error.value)


def test_a_folder_is_no_record(tmp_path: Path) -> None:
    (tmp_path / BASELINE_FILE).mkdir()
    with pytest.raises(UsageError, match="cannot be read"):
        read_record(PolicyPackSettings(), tmp_path, all_rules())


def test_a_check_of_checkov_s_may_be_recorded(tmp_path: Path) -> None:
    text = recorded(entry(rule="checkov:CKV_GCP_60")).content.text()
    assert read(tmp_path, text).content.stacks["dev"][0].rule == "checkov:CKV_GCP_60"


def test_the_file_is_beside_the_settings_and_nowhere_else(tmp_path: Path) -> None:
    project, team = tmp_path / "project", tmp_path / "team"
    for folder in (project, team):
        folder.mkdir()
    (project / BASELINE_FILE).write_text(recorded(entry()).content.text())
    (team / "policy-pack.yaml").write_text("version: 1\n")
    settings = PolicyPackSettings()
    assert Baseline(read_record(settings, project, all_rules()), "dev").entries

    settings.came_from(team / "policy-pack.yaml")
    record = read_record(settings, project, all_rules())
    assert record.path == team / BASELINE_FILE
    assert record.content.stacks == {}
    assert read_record(PolicyPackSettings(), None, all_rules()).content.stacks == {}
