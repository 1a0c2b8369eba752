"""The review in a real browser, as a reviewer uses it."""

from __future__ import annotations

import re

import pytest

from apex_guardrails.judgement.model import Judgement
from apex_guardrails.reports.review import render
from tests.policies.reports.documents import NASTY, full_of, small
from tests.policies.reports.review.conftest import Open, Opened
from tests.policies.reports.review.pages import many, violations, whole

FIRST = "f-0123456789abcdef0123456789abcdef"
RECORDED = "f-" + "4" * 32
BLOCKING = [FIRST, f"f-{'1' * 32}"]
HOSTILE = (
    "<script>ran = 1</script><img src=x onerror='ran = 1'><svg onload='ran = 1'>"
    "</style></title></pre><a href='javascript:ran = 1'>x</a><iframe src='//a.example'>"
    "\" autofocus onfocus=\"ran = 1\" '><style>*{display:none}</style><base href='//a.example'>"
)


@pytest.mark.parametrize("javascript", [True, False])
@pytest.mark.parametrize("document", [small(), whole()], ids=["small", "whole"])
def test_it_opens_with_nothing_but_its_file(
    open_page: Open, document: Judgement, *, javascript: bool
) -> None:
    opened = open_page(document, java_script_enabled=javascript)
    assert opened.requests == [opened.page.url]
    assert opened.violations == []
    # Without JavaScript there is the whole list, and nothing that does not work.
    assert opened.page.locator(".rows > li:visible").count() == len(document.findings)
    assert opened.page.locator("#filters").is_visible() is javascript
    assert opened.page.locator("#theme").is_visible() is javascript


def test_no_text_runs_or_lays_out(open_page: Open) -> None:
    for words in (HOSTILE, "\n".join(NASTY)):
        opened = open_page(full_of(words))
        assert opened.requests == [opened.page.url]
        assert opened.violations == []
        page = opened.page
        assert page.evaluate("typeof ran") == "undefined"
        assert page.locator("script").count() == page.locator("style").count() == 1
        assert page.locator("img, iframe, base, [onload]").count() == 0
        assert len(opened.shown()) == 5
        assert page.evaluate("document.documentElement.scrollWidth") == 1360


def test_the_policy_stops_what_would_slip_through(open_page: Open) -> None:
    text = render(small())
    page = open_page(text.replace("</h1>", f"</h1>{HOSTILE}<p style='color: red'>", 1)).page
    assert page.evaluate("typeof ran") == "undefined"
    assert page.locator("h1").is_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everybody_can_read_it(open_page: Open, scheme: str) -> None:
    page = open_page(whole(), color_scheme=scheme).page
    # With everything that can be unfolded.
    page.evaluate("document.querySelectorAll('details').forEach(item => { item.open = true; })")
    assert violations(page) == ""
    before = page.evaluate("getComputedStyle(document.body).backgroundColor")
    toggle = page.locator("#theme")
    assert toggle.inner_text() == ("Dark" if scheme == "light" else "Light")
    toggle.click()
    assert toggle.inner_text() == ("Light" if scheme == "light" else "Dark")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != before
    assert violations(page) == ""


def test_filters_hide_what_is_not_asked_for(open_page: Open) -> None:
    opened = open_page(whole())
    page = opened.page
    everything = opened.shown()
    assert len(everything) == 5
    state, status = page.get_by_label("State"), page.get_by_role("status")
    state.select_option("mandatory")
    assert opened.shown() == BLOCKING
    assert status.inner_text() == "2 of 5 shown"
    state.select_option("undecided")
    assert opened.shown() == BLOCKING[1:]
    state.select_option("recorded")
    assert opened.shown() == [RECORDED]
    state.select_option("new")
    assert len(opened.shown()) == 4
    page.get_by_role("button", name="Show all").click()
    assert opened.shown() == everything
    assert status.inner_text() == "5 of 5 shown"
    page.get_by_role("checkbox", name="Critical").uncheck()
    assert not page.locator("#critical").is_visible()
    assert len(opened.shown()) == 2
    page.get_by_label("Service").select_option("sql")
    assert len(opened.shown()) == 1


def _says(opened: Opened, words: str) -> None:
    opened.page.locator("#shown", has_text=re.compile(f"^{words}$")).wait_for()


def _search(opened: Opened, words: str, expected: str) -> None:
    opened.page.locator("#words").fill(words)
    _says(opened, expected)


def test_search_looks_into_rules_and_findings(open_page: Open) -> None:
    opened = open_page(whole())
    _search(opened, "SQL-NO-public  main.py:15", "1 of 5 shown")
    assert opened.shown() == [FIRST]
    _search(opened, "no such words", "0 of 5 shown")
    assert opened.shown() == []
    _search(opened, "", "5 of 5 shown")


def test_a_link_unfolds_and_shows_what_it_leads_to(open_page: Open) -> None:
    opened = open_page(whole())
    page = opened.page
    page.get_by_label("State").select_option("undecided")
    page.locator("#waivers a").first.click()
    assert len(opened.shown()) == 5
    evidence = page.locator("#controls details").first
    assert not evidence.locator("table").is_visible()
    page.goto(f"{page.url.partition('#')[0]}#f-none")
    evidence.locator("summary").click()
    evidence.get_by_role("link", name="sql-no-public-ip").click()
    assert page.locator("tr:target").is_visible()
    assert opened.violations == []


def test_the_keyboard_is_enough(open_page: Open) -> None:
    opened = open_page(whole())
    page = opened.page
    press = page.keyboard.press
    press("Tab")
    assert page.locator(":focus").inner_text() == "Skip to the findings"
    press("Enter")
    assert page.locator(":focus").get_attribute("id") == "findings"
    press("Tab")
    press("Space")
    assert not page.locator("#critical").is_visible()
    for _ in range(5):
        press("Tab")
    page.keyboard.type("ssl")
    _says(opened, "0 of 5 shown")
    press("Tab")
    assert page.locator(":focus").inner_text() == "Show all"
    press("Enter")
    assert len(opened.shown()) == 5
    summary = page.locator("#controls summary").first
    summary.focus()
    press("Enter")
    assert page.locator("#controls table").first.is_visible()


def test_ten_thousand_findings_can_be_looked_through(open_page: Open) -> None:
    opened = open_page(many(10_000))
    _search(opened, "database-4242", "1 of 10,000 shown")
    assert opened.shown() == [f"f-{4242:032x}"]
    _search(opened, "", "10,000 of 10,000 shown")
    opened.page.locator("#state").select_option("waived")
    _says(opened, "3,333 of 10,000 shown")
    assert opened.violations == []


def test_on_paper_nothing_is_filtered_or_folded_away(open_page: Open) -> None:
    opened = open_page(whole(), color_scheme="dark")
    page = opened.page
    page.get_by_label("State").select_option("undecided")
    assert len(opened.shown()) == 1
    assert not page.locator(".signatures").is_visible()
    page.emulate_media(media="print")
    assert len(opened.shown()) == 5
    assert page.locator(".signatures").is_visible()
    assert not page.locator("nav").is_visible()
    assert not page.locator("#filters").is_visible()
    colour = "getComputedStyle(document.body).color"
    assert page.evaluate(colour) == "rgb(27, 30, 34)"
    for folded in (*page.locator("details table").all(), *page.locator(".tree li").all()):
        assert folded.is_visible()
