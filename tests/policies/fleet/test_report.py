"""`apex fleet report`: what a platform engineer reads of a fleet."""

from __future__ import annotations

import csv
import io
import json
import sys
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from apex_guardrails.fleet.report.results import opened
from apex_guardrails.fleet.tables import TABLES
from apex_guardrails.fleet.views import View, views
from tests.policies.fleet.results import BEFORE, DAY, Night, two_nights
from tests.policies.judged import Apex, Outcome


@pytest.fixture
def fleet(tmp_path: Path) -> Path:
    return two_nights(tmp_path / "results")


@pytest.fixture
def tables(fleet: Path, apex: Apex) -> Any:
    """Every row of every table of the report."""
    done = ask(apex, fleet, "--format", "json").expect(0)
    document = json.loads(done.out)
    assert (document["day"], document["day_before"]) == (DAY.isoformat(), BEFORE.isoformat())
    assert list(document["views"]) == list(views())
    return document["views"]


def ask(apex: Apex, place: Path, *options: str) -> Outcome:
    return apex.writing(place.parent, "fleet", "report", str(place), *options)


def rows(found: list[dict[str, Any]], *names: str) -> list[tuple[Any, ...]]:
    return [tuple(row[name] for name in names) for row in found]


def test_it_says_what_fails_where_and_whose_it_is(fleet: Path, apex: Apex) -> None:
    done = ask(apex, fleet).expect(0)
    assert done.err == ""
    assert done.out.startswith(
        f"{fleet}, 2026-12-01\n"
        "3 stacks of 2 teams with 9 resources: 4 blocking findings in 2 stacks; "
        "156.00 USD a month\nINCOMPLETE: 1 state could not be judged\n"
    )
    for view in views().values():
        assert f"\n{view.title}" in done.out
    # Plain in a pipe, and as wide as it needs to be.
    assert "\x1b" not in done.out
    assert "shop/dev shop   3/3  3/3" in done.out


def test_the_heat_maps_count_by_service_and_by_control(
    tables: dict[str, list[dict[str, Any]]],
) -> None:
    by_service = tables["stacks_by_service"]
    assert rows(by_service, "project", "stack", "owner", "service", "blocking", "findings") == [
        ("shop", "dev", "shop", "sql", 3, 3),
        ("mail", "prod", "mail", "gke", 1, 1),
        ("new", "dev", "", "labels", 0, 1),
    ]
    by_team = tables["controls_by_team"]
    assert rows(by_team, "control", "title", "owner", "failing", "undecided", "passing") == [
        ("6.6", "No public addresses", "shop", 1, 0, 0),
        ("6.6", "No public addresses", "", 0, 1, 0),
        ("6.6", "No public addresses", "mail", 0, 0, 1),
    ]


def test_what_is_new_says_why(tables: dict[str, list[dict[str, Any]]]) -> None:
    assert rows(tables["new_findings"], "project", "name", "why") == [
        ("shop", "n", "new finding"),
        ("shop", "waived-then", "was waived"),
        ("new", "db", "stack was not judged"),
    ]


def test_a_violation_is_as_old_as_its_first_run_or_its_baseline(
    tables: dict[str, list[dict[str, Any]]],
) -> None:
    assert rows(tables["oldest_violations"], "since", "days", "name", "status") == [
        ("2026-03-01", 275, "k", "known"),
        ("2026-11-30", 1, "db", "open"),
        ("2026-11-30", 1, "db", "open"),
        ("2026-11-30", 1, "waived-then", "open"),
        ("2026-12-01", 0, "n", "open"),
        ("2026-12-01", 0, "db", "open"),
    ]


def test_cost_is_compared_with_the_day_before(tables: dict[str, list[dict[str, Any]]]) -> None:
    columns = ("owner", "stacks", "monthly", "change", "of_new_stacks", "of_missing_stacks")
    assert rows(tables["cost_by_team"], *columns) == [
        ("shop", 1, "120.500000", "13.250000", "0.000000", "7.000000"),
        ("mail", 1, "30.000000", "-10.000000", "0.000000", "0.000000"),
        ("", 1, "5.500000", "5.500000", "5.500000", "0.000000"),
    ]
    assert rows(tables["unpriced"], "type", "resources", "stacks", "teams") == [
        ("gcp:compute/disk:Disk", 2, 1, 1)
    ]


def test_only_waivers_about_to_end_are_listed(tables: dict[str, list[dict[str, Any]]]) -> None:
    assert rows(tables["waivers_ending"], "expires", "days_left", "rule", "findings") == [
        ("2026-12-20", 19, "sql-no-public-ip", 1)
    ]


def test_what_was_not_judged_is_named(tables: dict[str, list[dict[str, Any]]]) -> None:
    assert rows(tables["not_judged"], "project", "kind", "message") == [
        ("mail", "truncated", "ends in the middle")
    ]


def test_of_a_first_run_nothing_is_new_and_no_cost_has_changed(tmp_path: Path, apex: Apex) -> None:
    results = Night().stack("shop/dev", monthly=5).finding("shop/dev").write(tmp_path / "r")
    done = ask(apex, results, "--format", "json").expect(0)
    found = json.loads(done.out)["views"]
    assert found["new_findings"] == []
    assert rows(found["cost_by_team"], "change", "of_new_stacks") == [(None, "0.000000")]
    # On a terminal, what is empty is left out.
    shown = ask(apex, results).expect(0)
    assert "New since" not in shown.out
    assert "INCOMPLETE" not in shown.out


def test_a_terminal_has_no_columns_that_say_nothing(fleet: Path, apex: Apex) -> None:
    done = ask(apex, fleet, "--view", "by_day,unpriced").expect(0)
    assert "critical" in done.out
    assert "medium" not in done.out
    # A type is written as people speak of it; data has all of it, and every column.
    assert "\ncompute/disk  unpriced" in done.out
    data = ask(apex, fleet, "--view", "by_day", "--format", "csv").expect(0)
    assert "medium" in data.out


def test_an_earlier_run_is_reported_as_it_was(fleet: Path, apex: Apex) -> None:
    done = ask(apex, fleet, "--day", BEFORE.isoformat()).expect(0)
    assert done.out.startswith(f"{fleet}, 2026-11-30\n3 stacks of 2 teams")
    assert "2026-12-01" not in done.out


def test_tables_are_cut_and_say_so(fleet: Path, apex: Apex) -> None:
    words = (apex, fleet, "--rows", "1")
    done = ask(*words, "--view", "oldest_violations,stacks_by_service").expect(0)
    assert "and 5 more rows: --rows, or --view oldest_violations" in done.out
    assert "and 2 more stacks: --rows, or --view stacks_by_service" in done.out
    assert "Teams" not in done.out


def test_the_sql_that_is_shown_answers_by_itself(fleet: Path, apex: Apex) -> None:
    done = ask(apex, fleet, "--sql", "oldest_violations").expect(0)
    with duckdb.connect() as connection:
        found = connection.execute(done.out).fetchall()
    assert len(found) == 6
    assert found[0][0] == date(2026, 3, 1)


def test_csv_is_one_table_or_a_file_for_each(fleet: Path, apex: Apex, tmp_path: Path) -> None:
    words = (apex, fleet, "--format", "csv")
    done = ask(*words, "--view", "new_findings").expect(0)
    found = list(csv.DictReader(io.StringIO(done.out, newline="")))
    assert [row["name"] for row in found] == ["n", "waived-then", "db"]
    assert found[0]["blocking"] == "true"
    ask(*words, "--output-dir", str(tmp_path / "out")).expect(0)
    assert sorted(file.stem for file in (tmp_path / "out").iterdir()) == sorted(views())
    ask(*words).expect_only(2, "--format csv", "--view", "--output-dir")


def test_a_spreadsheet_runs_no_text_of_a_program(tmp_path: Path, apex: Apex) -> None:
    night = Night().stack("shop/dev").finding("shop/dev", name='=HYPERLINK("//a.example")')
    results = night.write(tmp_path / "r")
    words = ("--format", "csv", "--view", "oldest_violations")
    done = ask(apex, results, *words).expect(0)
    [row] = csv.DictReader(io.StringIO(done.out, newline=""))
    assert row["name"] == '\'=HYPERLINK("//a.example")'


def test_no_text_of_a_program_drives_a_terminal(tmp_path: Path, apex: Apex) -> None:
    night = Night().stack("shop/dev").finding("shop/dev", name="[bold]\x1b[2Jx", message="a\u202eb")
    results = night.write(tmp_path / "r")
    done = ask(apex, results).expect(0)
    assert "[bold]\N{REPLACEMENT CHARACTER}[2Jx" in done.out
    assert "\x1b" not in done.out


def test_shards_that_have_not_finished_are_named(tmp_path: Path, apex: Apex) -> None:
    results = Night(shards=3, finished=[0, 2]).stack("shop/dev").write(tmp_path / "r")
    done = ask(apex, results).expect(0)
    assert (
        "INCOMPLETE: 2 of 3 shards have finished: the stacks of the others are missing" in done.out
    )


@pytest.mark.parametrize("name", ["it's", "a [b]*?", "50%"])
def test_a_folder_may_have_any_name(name: str, tmp_path: Path, apex: Apex) -> None:
    Night().stack("shop/other").write(tmp_path / "a b")
    results = Night().stack("shop/dev").write(tmp_path / name)
    done = ask(apex, results, "--format", "json").expect(0)
    assert rows(json.loads(done.out)["views"]["by_day"], "stacks") == [(1,)]


def refused(apex: Apex, place: Path, *texts: str, options: tuple[str, ...] = ()) -> None:
    done = ask(apex, place, *options).expect_only(2, *texts)
    assert len(done.err.splitlines()) == 1


def test_where_there_are_no_results_one_line_says_so(tmp_path: Path, apex: Apex) -> None:
    refused(apex, tmp_path / "none", "holds no results of a fleet", "apex fleet audit")
    refused(apex, tmp_path, "holds no results of a fleet", "apex fleet audit")
    empty = Night().write(tmp_path / "empty")
    for table in TABLES:
        for file in empty.glob(f"{table}/day=*/*"):
            file.unlink()
    refused(apex, empty, "no run has finished in it")


def test_another_schema_is_refused(fleet: Path, apex: Apex) -> None:
    version = fleet / "apex-fleet.json"
    version.write_text('{"schema": 7}', "utf-8")
    refused(apex, fleet, "schema version 7", "reads 1")
    version.write_text("[]", "utf-8")
    refused(apex, fleet, "apex-fleet.json in it is not")
    version.write_bytes(b"\xff")
    refused(apex, fleet, "apex-fleet.json in it is not")


def test_a_run_in_two_splits_is_refused(tmp_path: Path, apex: Apex) -> None:
    results = Night(shards=2).stack("shop/dev").write(tmp_path / "r")
    Night(shards=1).stack("shop/dev").write(results)
    refused(apex, results, "in 1 shards and in 2", "twice")


def test_a_file_that_is_cut_off_is_named(fleet: Path, apex: Apex) -> None:
    [file, *_] = (fleet / "findings" / f"day={DAY}").iterdir()
    file.write_bytes(file.read_bytes()[:100])
    refused(apex, fleet, "cannot be read", file.name)


@pytest.mark.parametrize(
    ("options", "text"),
    [
        (("--view", "new_finding"), 'did you mean "new_findings"?'),
        (("--sql", "x"), "known: by_day, teams"),
        (("--output", "a.txt"), "needs --format"),
        (("--format", "json", "--output-dir", "a"), "--format csv"),
        (("--day", "2026-01-01"), "no run has finished in it on 2026-01-01 or before it"),
        (("--day", "2027-01-01"), "no run of 2027-01-01 is in it; the one before it is of 2026"),
    ],
)
def test_a_mistake_is_one_line(
    options: tuple[str, ...], text: str, fleet: Path, apex: Apex
) -> None:
    refused(apex, fleet, text, options=options)


def test_without_duckdb_one_line_says_what_to_install(
    fleet: Path, apex: Apex, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "duckdb", None)
    refused(apex, fleet, "apex fleet needs duckdb", "pip install 'apex-guardrails[fleet]'")


def test_a_file_is_written_whole_or_not_at_all(fleet: Path, apex: Apex, tmp_path: Path) -> None:
    out = tmp_path / "out.json"
    words = (apex, fleet, "--format", "json", "--output", str(out))
    ask(*words).expect(0)
    kept = out.read_bytes()
    assert json.loads(kept)["schema"] == 1
    [file] = (fleet / "findings" / f"day={DAY}").glob("00001-*")
    file.write_bytes(file.read_bytes()[:-20])
    ask(*words).expect_only(2, "cannot be read")
    assert out.read_bytes() == kept
    assert [path.name for path in tmp_path.glob(".apex-*")] == []


@pytest.mark.parametrize("view", views().values(), ids=views())
def test_what_is_counted_is_the_view_without_its_order(view: View, fleet: Path) -> None:
    assert view.sql.startswith(view.unsorted)
    assert "ORDER BY" in view.sql[len(view.unsorted) :]
    with opened(str(fleet)) as results:
        assert sorted(map(repr, results.ask(view.unsorted).all())) == sorted(
            map(repr, results.ask(view.sql).all())
        )
