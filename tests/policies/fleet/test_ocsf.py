"""OCSF's compliance findings, read with the models that others read them with."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

import pytest
from py_ocsf_models import OCSF_VERSION
from py_ocsf_models.events.findings.compliance_finding import ComplianceFinding

from apex_guardrails.fleet.exports.ocsf import VERSION
from tests.policies.fleet.backends import backend
from tests.policies.fleet.results import BACKEND, BEFORE, DAY, Night, two_nights
from tests.policies.judged import Apex

EARLIER: Final = BEFORE - timedelta(days=1)


def judged(day: date = DAY, **values: Any) -> Night:
    """A run in which the stack was judged by the rule."""
    return Night(day).stack("shop/dev", **values).add("rules", rule="sql-no-public-ip")


def exported(apex: Apex, place: Path, *options: str) -> list[dict[str, Any]]:
    words = ("fleet", "export", str(place), "--format", "ocsf", *options)
    done = apex.writing(place.parent, *words).expect(0)
    assert done.err == ""
    return [json.loads(line) for line in done.out.splitlines()]


@pytest.fixture
def events(tmp_path: Path, apex: Apex) -> list[dict[str, Any]]:
    return exported(apex, two_nights(tmp_path / "results"))


def test_every_line_is_a_compliance_finding(events: list[dict[str, Any]]) -> None:
    assert len(events) == 7
    assert VERSION == OCSF_VERSION
    for event in events:
        read = ComplianceFinding.model_validate(event)
        # Nothing is left out because the model does not know it.
        assert read.model_dump(mode="json", exclude_none=True) == event


def test_a_finding_says_what_where_and_whose(events: list[dict[str, Any]]) -> None:
    [event] = [item for item in events if item["resources"][0]["name"] == "n"]
    assert (event["activity_name"], event["status"], event["severity"]) == (
        "Create",
        "New",
        "Critical",
    )
    assert event["compliance"] == {
        "control": "sql-no-public-ip",
        "desc": "Cloud SQL instances have no public IP address.",
        "requirements": ["cis-gcp-4.0:6.6"],
        "standards": ["CIS Google Cloud Platform Foundation Benchmark 4.0.0"],
        "status_id": 3,
    }
    assert event["remediation"] == {"desc": "Set ipv4_enabled=False."}
    [resource] = event["resources"]
    assert (resource["namespace"], resource["group"]) == ("shop/dev", {"name": "shop"})
    assert event["time"] == 1_796_090_400_000


def test_what_was_there_before_is_an_update_and_what_is_accepted_suppressed(
    events: list[dict[str, Any]],
) -> None:
    said = {
        (event["resources"][0]["namespace"], event["resources"][0]["name"]): (
            event["activity_name"],
            event["status"],
            event["status_detail"],
        )
        for event in events
    }
    assert said["shop/dev", "db"] == ("Update", "New", "blocks the deployment")
    assert said["shop/dev", "w"] == ("Create", "Suppressed", "waived by ann until 2026-12-20")
    assert said["shop/dev", "k"] == ("Create", "Suppressed", "known since 2026-03-01")
    assert said["new/dev", "db"] == ("Create", "New", "advice")


def test_what_is_mended_is_closed_and_what_was_not_judged_is_not(
    tmp_path: Path, apex: Apex
) -> None:
    earlier = Night(BEFORE).stack("shop/dev").stack("mail/gone")
    earlier.finding("shop/dev").finding("mail/gone").write(tmp_path / "results")
    results = judged().write(tmp_path / "results")
    [event] = exported(apex, results)
    ComplianceFinding.model_validate(event)
    assert (event["activity_name"], event["status"], event["compliance"]["status_id"]) == (
        "Close",
        "Resolved",
        1,
    )
    assert event["finding_info"]["last_seen_time"] < event["time"]
    assert exported(apex, results, "--day", BEFORE.isoformat())[0]["activity_name"] == "Create"


def test_what_nobody_checked_does_not_pass(tmp_path: Path, apex: Apex) -> None:
    judged(BEFORE).finding("shop/dev").write(tmp_path / "off")
    results = judged(rules_off="labels sql-no-public-ip").write(tmp_path / "off")
    [event] = exported(apex, results)
    ComplianceFinding.model_validate(event)
    assert (event["activity_name"], event["status"], event["status_detail"]) == (
        "Close",
        "Archived",
        "the rule is off for this stack",
    )
    assert (event["status_code"], event["compliance"]["status_id"]) == ("UNKNOWN", 0)


@pytest.mark.usefixtures("unproven")
def test_an_audit_says_which_rules_ran(tmp_path: Path, apex: Apex) -> None:
    def closed(settings: str) -> set[tuple[str, str]]:
        (tmp_path / "policy-pack.yaml").write_text(settings, "utf-8")
        apex.writing(
            tmp_path, *audit, "--date", "2026-12-02", "--settings", "policy-pack.yaml"
        ).expect(0)
        events = exported(apex, tmp_path / "results")
        return {
            (event["compliance"]["control"], event["status"])
            for event in events
            if event["activity_name"] == "Close"
        }

    backend(tmp_path / "states", "shop/dev")
    audit = ("fleet", "audit", "states", "--results", "results", "--exit-zero", "--quiet")
    apex.writing(tmp_path, *audit, "--date", "2026-12-01").expect(0)
    rule = "firewall-no-all-ports-from-anywhere"
    assert closed(f"rules:\n  {rule}: disabled\n") == {(rule, "Archived")}
    backend(tmp_path / "states", "shop/dev", is_open=False)
    assert (rule, "Resolved") in closed("")


def failing(day: date) -> Night:
    """A run in which the stack was judged and the rule failed on it."""
    stack = {"backend": BACKEND, "project": "shop", "stack": "dev"}
    return judged(day).add("errors", **stack, kind="rule failed", rule="sql-no-public-ip")


def test_where_the_rule_failed_a_finding_stays_open_until_it_runs_again(
    tmp_path: Path, apex: Apex
) -> None:
    results = tmp_path / "results"
    judged(EARLIER).finding("shop/dev").write(results)
    failing(BEFORE).write(results)
    assert exported(apex, results) == []
    judged().write(results)
    [event] = exported(apex, results)
    assert (event["activity_name"], event["status"]) == ("Close", "Resolved")
    judged().finding("shop/dev").write(results)
    assert [it["activity_name"] for it in exported(apex, results)] == ["Update"]


def test_what_was_closed_is_closed_once_and_comes_back_as_a_new_one(
    tmp_path: Path, apex: Apex
) -> None:
    results = tmp_path / "results"
    judged(EARLIER).finding("shop/dev").write(results)
    judged(BEFORE).write(results)
    judged().write(results)
    assert exported(apex, results) == []
    judged().finding("shop/dev").write(results)
    assert [it["activity_name"] for it in exported(apex, results)] == ["Create"]


def test_a_rule_of_ones_own_ran_where_the_stack_says_so(tmp_path: Path, apex: Apex) -> None:
    judged(BEFORE).finding("shop/dev", rule="ours").write(tmp_path / "results")
    for own, status in (("theirs ours", "Resolved"), ("theirs", "Archived")):
        night = judged(own_rules=own).add("rules", rule="ours", is_own=True)
        [event] = exported(apex, night.write(tmp_path / "results"))
        assert (event["activity_name"], event["status"]) == ("Close", status)


def test_two_backends_with_the_same_stack_have_findings_of_their_own(
    tmp_path: Path, apex: Apex
) -> None:
    night = Night().stack("shop/dev").stack("shop/dev", backend="gs://others")
    night.finding("shop/dev").finding("shop/dev", backend="gs://others")
    one, other = exported(apex, night.write(tmp_path / "results"))
    assert one["metadata"]["uid"] != other["metadata"]["uid"]
    assert one["finding_info"]["uid"] != other["finding_info"]["uid"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("ocsf --output-dir o --framework x --dataset d", "--output-dir, --framework, --dataset:"),
        ("oscal --output-dir o --output f", "--output: not for --format oscal"),
        ("bigquery --dataset d --day 2026-12-01", "--day: not for --format bigquery"),
    ],
)
def test_an_option_of_another_format_is_refused(
    words: str, said: str, tmp_path: Path, apex: Apex
) -> None:
    place = two_nights(tmp_path / "results")
    done = apex.writing(tmp_path, "fleet", "export", str(place), "--format", *words.split())
    done.expect_only(2, said, "which takes")
    assert sorted(it.name for it in tmp_path.iterdir()) == ["results"]


def test_it_is_written_to_a_file(tmp_path: Path, apex: Apex) -> None:
    place = two_nights(tmp_path / "results")
    words = ("fleet", "export", str(place), "--format", "ocsf", "--output", "findings.jsonl")
    assert apex.writing(tmp_path, *words).expect(0).said == ""
    assert len((tmp_path / "findings.jsonl").read_text("utf-8").splitlines()) == 7
    none = apex.writing(tmp_path, "fleet", "export", "none", "--format", "ocsf")
    none.expect_only(2, "holds no results of a fleet")
