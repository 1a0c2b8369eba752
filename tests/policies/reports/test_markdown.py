"""Markdown as GitHub shows it under a pull request."""

from __future__ import annotations

import re
from collections import Counter
from html import unescape

import pytest
from hypothesis import given
from markdown_it import MarkdownIt

from apex_guardrails.cost.document import PricedEntry as CostEntry
from apex_guardrails.judgement.entries import SettingsFile, Verdict
from apex_guardrails.judgement.model import Judgement
from apex_guardrails.network.document import NetworkDocument, NetworkNode
from apex_guardrails.network.terms import Access, NodeKind
from apex_guardrails.reports.markdown import LARGEST, code, marker, render, text
from apex_guardrails.support.text import one_line
from tests.policies.reports.documents import SQL, URN, finding, full_of, small, texts

_READER = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])


def shown(markdown: str) -> str:
    """What a reader sees of a paragraph: its text, if it is nothing but text and code."""
    html = _READER.renderInline(markdown).replace("<!-- -->", "")
    return unescape(re.sub(r"</?code>", "", html))


def blocks(document: Judgement) -> Counter[str]:
    """How many blocks and marks of each kind there are; texts aside."""
    found: Counter[str] = Counter()
    for token in _READER.parse(render(document)):
        found[token.type] += 1
        found.update(child.type for child in token.children or () if child.type != "text")
        if token.type == "html_block":
            found[token.content] += 1
    return found


@given(texts)
def test_a_text_is_shown_as_it_is(words: str) -> None:
    assert shown(f"before {text(words, 0)} after") == f"before {one_line(words)} after"


@given(texts)
def test_code_is_shown_as_it_is(words: str) -> None:
    line = one_line(words, 300)
    rendered = _READER.renderInline(f"a{code(words)}b")
    expected = f"a<code>{_html(line)}</code>b" if line else "ab"
    assert rendered == expected


def _html(words: str) -> str:
    for char, entity in {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;"}.items():
        words = words.replace(char, entity)
    return words


@given(texts)
def test_the_page_has_the_same_form_whatever_the_program_says(words: str) -> None:
    plain, made = blocks(full_of("plain")), blocks(full_of(f"plain {words}"))
    for kind in {*plain, *made} - {"html_inline"}:
        if not kind.startswith("<!-- apex:"):
            assert made[kind] == plain[kind], kind


@pytest.mark.parametrize("word", ["@team", "#12", "https://a.example", "www.a.example", ":tada:"])
def test_github_makes_nothing_of_a_word(word: str) -> None:
    written = text(word)
    assert word not in written
    assert written.replace("<!-- -->", "") == word


def test_the_verdict_is_first_and_then_what_stops_the_deployment() -> None:
    page = render(small())
    lines = page.splitlines()
    assert lines[0] == marker(small()) == "<!-- apex: shop dev -->"
    assert lines[1] == "## \N{CROSS MARK} `dev` may not be deployed"
    headings = re.findall(r"^(?:### |<summary>)(.*?)(?:</summary>)?$", page, re.MULTILINE)
    assert headings == [
        "Stops the deployment (2)",
        "Cost",
        "What changes the cost (1)",
        "Advice (1)",
        "Waived (1)",
        "Known already (baseline) (1)",
        "Not evaluated (1)",
        "Settings that differ from the default (3)",
        "Notes (1)",
        "Controls",
    ]
    assert page.count("<details>") == page.count("</details>") == 8
    assert "**80.50 USD a month** (70.00 to 90.00)." in page
    assert "The difference is **+20.50**." in page
    assert "waived by team-db until 2027-05-31 (181 days), DB-7: Moves in May." in page
    assert "  known since 2026-11-30 (baseline)  \n  fix: Set" in page
    assert "baseline: `policy-baseline.json` (efefefefefef)" in page


def test_what_has_no_price_is_said() -> None:
    cost = small().cost
    assert cost is not None
    zero = cost.monthly.model_copy(update={"low": 0, "expected": 0, "high": 0})
    db = CostEntry(
        urn=URN, type=SQL, component="", status="unpriced", monthly=zero, unpriced=("no price",)
    )
    (change,) = cost.differences or ()
    priced = cost.model_copy(
        update={"resources": (db,), "differences": ({**change, "unpriced": True},)}
    )
    page = render(small(cost=priced))
    assert "1 unpriced in full or in part, and not in the total." in page
    assert "| +20.50, and something unpriced |" in page


def test_that_nothing_changes_the_cost_is_said() -> None:
    page = render(small().compared_with(small()))
    assert "The difference is **+0.00**." in page
    assert "What changes the cost" not in page
    cost = small().cost
    assert cost is not None
    alone = small(cost=cost.model_copy(update={"differences": None}))
    assert "difference" not in render(alone)


def test_what_is_new_comes_first() -> None:
    base = small(findings=(small().findings[1],), cost=None)
    page = render(small().compared_with(base))
    assert page.index("### New (2)") < page.index("### Stops the deployment, and is not new (1)")
    assert "Advice" not in page


@pytest.mark.parametrize("verdict", Verdict)
def test_every_verdict_has_its_words(verdict: Verdict) -> None:
    page = render(small(verdict=verdict, cost=None, settings=SettingsFile()))
    assert ("\N{WHITE HEAVY CHECK MARK}" in page) is (verdict is Verdict.ALLOWED)
    assert "Cost" not in page
    assert "settings: the pack's defaults" in page


@pytest.mark.parametrize("word", ["plain " * 20, "|" * 400, "\N{GRINNING FACE}" * 400, "<" * 400])
@pytest.mark.parametrize("number", [30, 5_000])
def test_it_fits_and_says_what_is_left_out(word: str, number: int) -> None:
    many = tuple(
        item
        for item in (*small().findings, finding(message=word, urn=f"urn:pulumi:a::b::c::{word}"))
        for _ in range(number)
    )
    page = render(
        full_of(word).model_copy(
            update={
                "findings": many,
                "program_errors": (word,) * number,
                "notes": (word,) * number,
            }
        )
    )
    assert len(page.encode()) <= LARGEST < 65_536
    assert page.count("<details>") == page.count("</details>")
    if number > 30:
        assert "more errors are left out here" in page
        assert "more findings are left out here" in page
        assert f"Waived ({number:,})" in page
    assert page.rstrip().endswith("</sub>")


def test_what_is_open_to_the_internet_is_named() -> None:
    nodes = [
        NetworkNode(id=name, kind=NodeKind.DATA, name=name, access=access, urns=(name,))
        for name, access in (
            *((f"open{number:02}", Access.OPEN) for number in range(12)),
            ("perhaps", Access.UNKNOWN),
            ("private", Access.PRIVATE),
        )
    ]
    page = render(small(network=NetworkDocument(nodes=tuple(nodes))))
    assert "\nOpen to the internet: `open00`, " in page
    assert "`open09` and 2 more.\n" in page
    assert "\nNot known before deployment whether open to the internet: `perhaps`.\n" in page
    assert "`private`" not in page
    assert "Open to the internet" not in render(small(network=None))


def test_what_settings_switch_off_stands_beside_the_verdict() -> None:
    lines = render(small()).splitlines()

    assert "\N{WARNING SIGN} 1 rule is off by settings, 0 of them critical." in lines[:6]
    told = [shown(line[2:]) for line in lines if line.startswith(("- looser", "- tighter"))]
    assert told == [
        "looser: run-probes: disabled (default mandatory)",
        "looser: cost.usage.resources.*.active_hours: 0.0001 (default 730)",
        "tighter: labels-required-keys.keys: disabled (default mandatory)",
    ]
    assert "\N{WARNING SIGN}" not in render(small(changes=(), loosened=()))


def test_a_rule_is_a_link_to_its_page_where_settings_say_where_it_is() -> None:
    findings = (finding(), finding(rule="CKV_GCP_1"))
    page = render(small(findings=findings))
    address = "https://docs.example.com/rules/sql-no-public-ip.html"
    assert f"  rule: [`sql-no-public-ip`](<{address}>)\n" in page
    # A check of another tool has no page of ours.
    assert "  rule: `CKV_GCP_1`\n" in page
    assert "](<" not in render(small(findings=findings, rule_pages=None))
