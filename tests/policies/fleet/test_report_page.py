"""The page of a fleet in a real browser."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from apex_guardrails.fleet.report.fleet import report
from apex_guardrails.fleet.report.page import COLUMNS, render
from apex_guardrails.fleet.report.results import opened
from apex_guardrails.fleet.views import views
from tests.policies.fleet.results import Night, two_nights
from tests.policies.judged import Apex
from tests.policies.reports.documents import NASTY
from tests.policies.reports.review.conftest import Open
from tests.policies.reports.review.pages import Element, read, violations
from tests.policies.reports.review.test_browser import HOSTILE

NASTY_IN_PARQUET = "\n".join(NASTY).encode(errors="replace").decode()


def page_of(place: Path, rows: int = 100) -> str:
    with opened(str(place)) as results:
        return render(report(results, views().values(), rows, COLUMNS))


@pytest.fixture
def page(tmp_path: Path) -> str:
    return page_of(two_nights(tmp_path / "results"))


def words(element: Element) -> str:
    return " ".join(element.text.split())


def table(page: Element, view: str) -> list[list[str]]:
    """The cells of a table's rows, as they are read."""
    [found] = page.one("section", id=view).all("table")
    return [
        [words(cell) for cell in row.all() if cell.tag in {"th", "td"}] for row in found.all("tr")
    ]


def test_it_has_every_table_with_its_sql(page: str) -> None:
    found = read(page)
    head = words(found.one("header"))
    assert "Fleet on 2026-12-01 3 stacks of 2 teams" in head
    assert "INCOMPLETE. 1 state could not be judged." in head
    assert table(found, "stacks_by_service") == [
        ["Stack", "All", "sql", "gke", "labels"],
        ["shop/dev shop", "3/3", "3/3", "", ""],
        ["mail/prod mail", "1/1", "", "1/1", ""],
        ["new/dev", "0/1", "", "", "0/1"],
    ]
    assert table(found, "cost_by_team")[1][:6] == [
        "shop",
        "1",
        "120.50",
        "120.50",
        "120.50",
        "+13.25",
    ]
    for view in views().values():
        section = found.one("section", id=view.name)
        assert words(section.one("h2")).startswith(view.title)
        assert section.one("pre").text.strip() == view.sql.strip()
    # What the page says of the files, and a query of it: nothing else is needed.
    prelude = found.one("section", id="sql").one("pre").text
    with duckdb.connect() as connection:
        connection.execute(prelude)
        assert len(connection.execute(views()["oldest_violations"].sql).fetchall()) == 6


def test_what_is_not_on_the_page_is_counted(tmp_path: Path) -> None:
    found = read(page_of(two_nights(tmp_path / "results"), rows=1))
    assert "5 more are not on this page" in words(found.one("section", id="oldest_violations"))
    assert "2 more are not on this page" in words(found.one("section", id="stacks_by_service"))
    assert "1 more is not on this page" in words(found.one("section", id="by_day"))


def test_a_fleet_in_order_says_none(tmp_path: Path) -> None:
    found = read(page_of(Night().stack("shop/dev").write(tmp_path / "results")))
    assert "INCOMPLETE" not in words(found)
    assert words(found.one("section", id="new_findings")).startswith("New since the last run 0")
    assert words(found.one("section", id="new_findings").all("p")[1]) == "None."


def test_services_beyond_the_columns_are_together(tmp_path: Path) -> None:
    night = Night().stack("shop/dev")
    for number in range(30):
        night.finding("shop/dev", service=f"service{number:02}", name=f"r{number}")
    head, line = table(read(page_of(night.write(tmp_path / "results"))), "stacks_by_service")
    assert len(head) == 2 + COLUMNS
    assert (head[-1], line[1], line[-1]) == ("others", "30/30", "7/7")


@pytest.mark.parametrize("javascript", [True, False])
def test_it_opens_with_nothing_but_its_file(
    page: str, open_page: Open, *, javascript: bool
) -> None:
    opened_page = open_page(page, java_script_enabled=javascript)
    assert opened_page.requests == [opened_page.page.url]
    assert opened_page.violations == []
    assert opened_page.page.locator("#theme").is_visible() is javascript


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everybody_can_read_it(page: str, open_page: Open, scheme: str) -> None:
    shown = open_page(page, color_scheme=scheme).page
    shown.evaluate("document.querySelectorAll('details').forEach(item => { item.open = true; })")
    assert violations(shown) == ""
    shown.locator("#theme").click()
    assert violations(shown) == ""


def test_every_shade_of_a_heat_map_can_be_read(tmp_path: Path, open_page: Open) -> None:
    night = Night().stack("shop/dev")
    for number, service in ((1, "sql"), (3, "gke"), (10, "run"), (50, "kms")):
        for index in range(number):
            night.finding("shop/dev", service=service, name=f"{service}{index}")
    page = page_of(night.write(tmp_path / "results"))
    for scheme in ("light", "dark"):
        shown = open_page(page, color_scheme=scheme).page
        assert [shown.locator(f".heat-{level}").count() for level in range(1, 5)] == [1] * 4
        assert violations(shown) == ""


def test_no_text_of_a_program_runs_or_lays_out(tmp_path: Path, open_page: Open) -> None:
    for number, text in enumerate((HOSTILE, NASTY_IN_PARQUET, "x" * 3_000)):
        night = Night().stack("shop/dev", text).finding("shop/dev", text, name=text, message=text)
        night.add("errors", source=text, kind="truncated", message=text)
        opened_page = open_page(page_of(night.write(tmp_path / str(number))))
        assert opened_page.requests == [opened_page.page.url]
        assert opened_page.violations == []
        page = opened_page.page
        assert page.evaluate("typeof ran") == "undefined"
        assert page.locator("script").count() == page.locator("style").count() == 1
        assert page.locator("img, iframe, base, [onload]").count() == 0
        assert page.evaluate("document.documentElement.scrollWidth") == 1360


def test_it_is_printed_whole(page: str, open_page: Open) -> None:
    shown = open_page(page).page
    shown.emulate_media(media="print")
    assert shown.locator("pre").first.evaluate("item => item.getClientRects().length") > 0
    assert not shown.locator("nav").is_visible()


def test_the_command_writes_it(tmp_path: Path, apex: Apex) -> None:
    place = two_nights(tmp_path / "results")
    options = ("--format", "html", "--output", str(tmp_path / "fleet.html"))
    done = apex.writing(tmp_path, "fleet", "report", str(place), *options).expect(0)
    assert done.said == ""
    assert "<title>Fleet:" in (tmp_path / "fleet.html").read_text("utf-8")
