"""From states to a report, with the real audit: in folders, and in buckets."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from apex_guardrails.fleet.report.buckets import Span
from tests.policies.fleet.backends import backend, bytes_of
from tests.policies.fleet.bucket_server import Bucket
from tests.policies.fleet.results import Night, two_nights
from tests.policies.fleet.test_buckets import RESULTS, STATES, bucket, put
from tests.policies.judged import Apex

__all__ = ["bucket"]

RULE = "firewall-no-all-ports-from-anywhere"
pytestmark = pytest.mark.usefixtures("unproven")


def audit(apex: Apex, folder: Path, *options: str) -> None:
    done = apex.writing(folder, "fleet", "audit", *options, "--exit-zero", "--quiet")
    assert done.code == 0, done.said


def report(apex: Apex, folder: Path, place: str, *options: str) -> Any:
    done = apex.writing(folder, "fleet", "report", place, *options, "--format", "json")
    return json.loads(done.expect(0).out)["views"]


def test_two_nights_of_a_backend(apex: Apex, tmp_path: Path) -> None:
    backend(tmp_path / "states", "shop/dev")
    backend(tmp_path / "states", "shop/prod", is_open=False)
    (tmp_path / "OWNERS").write_text("shop* shop\nshop/prod operations\n", "utf-8")
    words = ("states", "--results", "results", "--owners", "OWNERS", "--date")
    audit(apex, tmp_path, *words, "2026-11-30")
    backend(tmp_path / "states", "shop/prod")
    (tmp_path / "states/.pulumi/stacks/shop/bad.json").write_text("{", "utf-8")
    apex.writing(tmp_path, "fleet", "audit", *words, "2026-12-01", "--quiet")

    found = report(apex, tmp_path, "results")
    new = {(row["owner"], row["stack"], row["rule"], row["why"]) for row in found["new_findings"]}
    assert ("operations", "prod", RULE, "new finding") in new
    assert {stack for _, stack, _, _ in new} == {"prod"}
    since = {(row["stack"], row["rule"]): row["since"] for row in found["oldest_violations"]}
    assert since["dev", RULE] == "2026-11-30"
    assert since["prod", RULE] == "2026-12-01"
    assert [row["stacks"] for row in found["by_day"]] == [2, 2]
    assert [row["kind"] for row in found["not_judged"]] == ["truncated"]
    assert {row["owner"] for row in found["teams"]} == {"shop", "operations"}
    titled = {(row["framework"], row["control"]): row["title"] for row in found["controls_by_team"]}
    assert titled["cis-gcp-4.0", "3.6"] == "SSH is not open to the internet"
    shown = apex.writing(tmp_path, "fleet", "report", "results").expect(0)
    assert "INCOMPLETE: 1 state could not be judged" in shown.out


@pytest.mark.usefixtures("bucket")
def test_results_in_a_bucket_are_reported_as_those_in_a_folder(apex: Apex, tmp_path: Path) -> None:
    put("shop/dev.json", bytes_of("shop", "dev"))
    for day in ("2026-11-30", "2026-12-01"):
        audit(apex, tmp_path, STATES, "--results", RESULTS, "--date", day)
        audit(apex, tmp_path, STATES, "--results", "results", "--date", day)

    assert report(apex, tmp_path, RESULTS) == report(apex, tmp_path, "results")
    # Where it is asked from a warehouse or by hand, the files are where they were.
    sql = apex.writing(tmp_path, "fleet", "report", RESULTS, "--sql", "teams").expect(0).out
    assert f"read_parquet('{RESULTS}/stacks/day=*/*.parquet'" in sql


def test_only_what_is_asked_is_read_from_a_bucket(
    apex: Apex, tmp_path: Path, bucket: Bucket
) -> None:
    put("shop/dev.json", bytes_of("shop", "dev"))
    for day in ("2026-11-01", "2026-11-30", "2026-12-01"):
        audit(apex, tmp_path, STATES, "--results", RESULTS, "--date", day)
    bucket.asked.clear()
    report(apex, tmp_path, RESULTS, "--view", "teams")
    read = {(path.split("/")[-3], path.split("/")[-2]) for path in bucket.asked if "day=" in path}
    assert ("stacks", "day=2026-12-01") in read
    assert "day=2026-11-01" not in {day for _, day in read}
    bucket.asked.clear()
    found = report(apex, tmp_path, RESULTS, "--view", "oldest_violations")
    assert {row["since"] for row in found["oldest_violations"]} == {"2026-11-01"}
    assert bucket.asked["/results/apex/findings/day=2026-11-01/00000-of-00001.parquet"] == 1
    assert not [path for path in bucket.asked if "resources/day=2026-11-01" in path]


@pytest.mark.usefixtures("bucket")
def test_a_bucket_without_results_is_one_line(apex: Apex, tmp_path: Path) -> None:
    done = apex.writing(tmp_path, "fleet", "report", RESULTS)
    done.expect_only(2, f"{RESULTS}: holds no results of a fleet")
    audit_of_nothing = ("--date", "2026-12-01")
    put("shop/dev.json", bytes_of("shop", "dev"))
    audit(apex, tmp_path, STATES, "--results", RESULTS, *audit_of_nothing)
    done = apex.writing(tmp_path, "fleet", "report", RESULTS, "--day", "2026-01-01")
    done.expect_only(2, "no run has finished in it on 2026-01-01 or before it")


def test_history_bounds_how_far_a_report_looks_back(apex: Apex, tmp_path: Path) -> None:
    for days in (40, 20, 2, 0):
        night = Night(date(2026, 12, 1) - timedelta(days=days)).stack("shop/dev")
        night.finding("shop/dev").write(tmp_path / "results")
    found = report(apex, tmp_path, "results", "--history", "30")
    assert [row["since"] for row in found["oldest_violations"]] == ["2026-11-11"]
    assert [row["day"] for row in found["by_day"]] == ["2026-12-01", "2026-11-29", "2026-11-11"]
    # The run before is always there to be compared with.
    found = report(apex, tmp_path, "results", "--history", "1")
    assert [row["since"] for row in found["oldest_violations"]] == ["2026-11-29"]
    assert found["new_findings"] == []
    words = ("fleet", "report", "results", "--history", "30", "--sql", "oldest_violations")
    with duckdb.connect() as connection:
        said = apex.writing(tmp_path, *words).expect(0).out
        assert len(connection.execute(said).fetchall()) == 1


def test_the_days_of_a_report() -> None:
    days = [date(2026, 12, day) for day in (1, 5, 9)]
    assert Span.of([], None, None) is None
    assert Span.of(days, date(2026, 11, 1), None) is None
    span = Span.of(days, date(2026, 12, 7), 3)
    assert span == Span(date(2026, 12, 5), date(2026, 12, 1), date(2026, 12, 1))
    assert span.has(date(2026, 12, 3), looks_back=True)
    assert not span.has(date(2026, 12, 9), looks_back=True)
    assert not span.has(date(2026, 12, 3), looks_back=False)


def test_a_report_of_a_folder_given_as_an_address(apex: Apex, tmp_path: Path) -> None:
    two_nights(tmp_path / "results")
    assert report(apex, tmp_path, f"file://{tmp_path}/results")["teams"]
