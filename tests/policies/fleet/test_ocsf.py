"""OCSF's compliance findings, read with the models that others read them with."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from py_ocsf_models import OCSF_VERSION
from py_ocsf_models.events.findings.compliance_finding import ComplianceFinding

from apex_guardrails.fleet.exports.ocsf import VERSION
from tests.policies.fleet.results import BEFORE, Night, two_nights
from tests.policies.judged import Apex


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
    results = Night().stack("shop/dev").write(tmp_path / "results")
    [event] = exported(apex, results)
    ComplianceFinding.model_validate(event)
    assert (event["activity_name"], event["status"], event["compliance"]["status_id"]) == (
        "Close",
        "Resolved",
        1,
    )
    assert event["finding_info"]["last_seen_time"] < event["time"]
    assert exported(apex, results, "--day", BEFORE.isoformat())[0]["activity_name"] == "Create"


def test_it_is_written_to_a_file(tmp_path: Path, apex: Apex) -> None:
    place = two_nights(tmp_path / "results")
    words = ("fleet", "export", str(place), "--format", "ocsf", "--output", "findings.jsonl")
    assert apex.writing(tmp_path, *words).expect(0).said == ""
    assert len((tmp_path / "findings.jsonl").read_text("utf-8").splitlines()) == 7
    none = apex.writing(tmp_path, "fleet", "export", "none", "--format", "ocsf")
    none.expect_only(2, "holds no results of a fleet")
