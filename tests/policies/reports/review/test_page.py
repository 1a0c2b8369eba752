"""The review as a file: all that was judged is on it, and nothing in a text does anything."""

from __future__ import annotations

import base64
import hashlib
import re
from collections import Counter
from decimal import Decimal

import pytest
from hypothesis import given, settings
from pydantic import ValidationError

from apex_guardrails.judgement.circumstances import Source
from apex_guardrails.judgement.entries import Verdict
from apex_guardrails.judgement.model import Judgement
from apex_guardrails.model import EnforcementLevel, Severity
from apex_guardrails.reports.review import render
from apex_guardrails.reports.review.network import tables
from apex_guardrails.reports.review.shown import LONGEST, shown
from tests.policies.reports.documents import NASTY, figures, finding, full_of, small, texts
from tests.policies.reports.review.pages import expiring, many, read, whole

HIDING = "\u202e\u2066\u200f\u061c\u200b\ufeff\u2028"


def form(document: Judgement) -> Counter[tuple[str, ...]]:
    """How many tags of each kind with which attributes there are; pictures aside."""
    return Counter(
        (item.tag, *sorted(item.attributes), item.attributes.get("class", ""))
        for item in read(re.sub("<svg.*?</svg>", "", render(document), flags=re.DOTALL)).all()
    )


def section(document: Judgement, name: str) -> str:
    """What a section says, in one line."""
    return " ".join(read(render(document)).one("section", id=name).text.split())


@given(texts)
@settings(max_examples=40, deadline=None)
def test_the_page_has_the_same_form_whatever_the_program_says(words: str) -> None:
    assert form(full_of(f"plain {words}")) == form(full_of("plain"))


@pytest.mark.parametrize("words", [*NASTY, f"a{HIDING}b", '" onload="alert(1)', "'><svg onload=x>"])
def test_a_text_is_shown_as_it_is_and_no_more(words: str) -> None:
    page = read(render(small(notes=(words,), findings=())))
    [note] = page.one("section", id="silence").all("li", **{"class": "text"})[1:]
    assert note.text == shown(words)
    assert not (set(HIDING) - {"\u200b"}) & set(note.text)
    assert len(note.text) < LONGEST + 50


def test_what_is_cut_says_so() -> None:
    assert shown("x" * LONGEST) == "x" * LONGEST
    assert shown("x" * (LONGEST + 1_234)) == "x" * LONGEST + "… (1,234 more characters)"
    assert shown("a\u202eb") == "a[U+202E]b"
    assert shown(7) == 7


@pytest.mark.parametrize("document", [small(), whole(), many(60)], ids=["small", "whole", "many"])
def test_the_page_needs_nothing_else(document: Judgement) -> None:
    page = read(render(document))
    elements = page.all()
    assert not {item.tag for item in elements} & {"link", "img", "iframe", "object", "base", "form"}
    for item in elements:
        assert not [
            name for name in item.attributes if name in ("src", "style") or name[:2] == "on"
        ]
    ids = [item.attributes["id"] for item in elements if "id" in item.attributes]
    assert len(set(ids)) == len(ids)
    led = {item.attributes["href"] for item in page.all("a")} - set(document.pages().values())
    led |= {
        f"#{item.attributes['aria-labelledby']}"
        for item in elements
        if "aria-labelledby" in item.attributes
    }
    assert led <= {f"#{name}" for name in ids}


def test_its_policy_names_its_own_style_and_script() -> None:
    page = read(render(small()))
    [policy] = [
        item.attributes["content"] for item in page.all("meta") if "http-equiv" in item.attributes
    ]
    parts = dict(part.split(" ", 1) for part in policy.split("; "))
    assert parts.pop("default-src") == parts.pop("base-uri") == parts.pop("form-action") == "'none'"
    for tag in ("style", "script"):
        digest = hashlib.sha256(page.one(tag).text.encode()).digest()
        assert parts.pop(f"{tag}-src") == f"'sha256-{base64.b64encode(digest).decode()}'"
    assert not parts


@pytest.mark.parametrize("source", Source)
@pytest.mark.parametrize("verdict", Verdict)
def test_the_verdict_comes_first(verdict: Verdict, source: Source) -> None:
    document = small(verdict=verdict, source=source, summary="dev may be deployed (4 resources)")
    page = read(render(document))
    [header] = page.all("header")[:1]
    looks = {Verdict.ALLOWED: "allowed", Verdict.NOTHING_EVALUATED: "unevaluated"}
    assert header.attributes["class"] == f"top {looks.get(verdict, 'refused')}"
    [title] = header.all("h1")
    assert title.text.startswith("dev ")
    assert ("deployed" in title.text) is (
        verdict in (Verdict.ALLOWED, Verdict.REFUSED) and not source.is_deployed
    )
    assert page.one("head").one("title").text == f"Security review: shop, stack {title.text}"


@pytest.mark.parametrize(
    ("summary", "rest"),
    [
        (
            "dev may not be deployed: 2 mandatory findings (4 resources)",
            "2 mandatory findings (4 resources)",
        ),
        ("dev may not be deployed (4 resources, 0 undecided)", "4 resources, 0 undecided"),
        ("something else", "something else"),
        ("dev may not be deployed: none", "none"),
        ("dev may not be deployed", None),
    ],
)
def test_the_summary_does_not_repeat_the_verdict(summary: str, rest: str | None) -> None:
    said = read(render(small(summary=summary))).all("p", **{"class": "summary"})
    assert [item.text for item in said] == ([rest] if rest else [])


def test_what_is_incomplete_says_so_wherever_it_is_signed() -> None:
    page = read(render(whole()))
    assert page.one(id="incomplete").text.strip().startswith("INCOMPLETE.")
    assert "Complete NO: INCOMPLETE" in " ".join(page.text.split())
    assert "which is INCOMPLETE" in page.one("section", **{"class": "signatures"}).text
    assert "INCOMPLETE" not in read(render(small())).one("main").text
    nothing = section(small(findings=(), is_complete=False), "findings")
    assert nothing.endswith("No rule has found anything in what was seen, and not everything was.")
    assert section(small(findings=()), "findings") == "Findings 0 No rule has found anything."


def test_each_finding_says_everything_about_itself() -> None:
    page = read(render(whole()))
    [first, *_] = page.all("article")
    for text in (
        "Cloud SQL instances have no public IP address",
        "sql-no-public-ip",
        "A public address lets anyone try passwords.",
        "Set ipv4_enabled=False.",
        "cis-gcp-4.0 6.6",
        "mandatory",
        "known",
        "gcp:sql/databaseInstance:DatabaseInstance",
        "has a public IPv4 address at settings.ipConfiguration.ipv4Enabled",
        "infra/db main.py:15",
    ):
        assert text in first.text
    rows = page.all("ul", **{"class": "rows"})
    assert [[item.attributes["class"] for item in row.all("li")] for row in rows] == [
        ["mandatory known"],
        ["waived new"],
        ["recorded new"],
        ["mandatory undecided new"],
        ["advisory new"],
    ]
    assert "Waiver 1: team-db until 2027-05-31" in rows[1].text
    # Without a line, the URN is where it is.
    assert "urn:pulumi:dev::shop::pulumi:pulumi:Stack::shop-dev" in rows[3].text


def test_another_tools_finding_needs_no_rule_of_the_pack() -> None:
    document = small(
        findings=(
            finding(rule="checkov:CKV_GCP_1", controls=()),
            finding(also=("checkov:CKV_GCP_60", "trivy:GCP-0017"), fingerprint="a" * 32),
        )
    )
    other, ours = read(render(document)).all("article")
    assert other.attributes["data-service"] == "other"
    assert "Why" not in other.text
    assert "Controls" not in other.text
    assert "Also found by checkov:CKV_GCP_60, trivy:GCP-0017" in ours.text


def test_what_stops_the_deployment_comes_before_what_does_not() -> None:
    page = read(render(many(300)))
    severities = [
        item.attributes["data-severity"]
        for item in page.all()
        if "data-severity" in item.attributes
    ]
    assert severities == ["critical", "high", "medium", "low"]
    for rows in page.all("ul", **{"class": "rows"}):
        states = [item.attributes["class"].split()[0] for item in rows.all("li")]
        assert states == sorted(states, key=["mandatory", "advisory", "waived", "recorded"].index)


def test_the_table_counts_every_finding() -> None:
    [*_, total] = read(render(many(300))).one("table", **{"class": "matrix"}).all("tr")
    assert total.text.split() == ["All", "200", "0", "100", "0", "300", "100"]


def test_waivers_say_who_answers_and_how_long_what_ends_first_first() -> None:
    document = small(
        findings=(
            finding(rule="sql-ssl", **expiring(31, "team-b")),
            finding(
                rule="sql-ssl",
                urn="urn:pulumi:dev::shop::a::late",
                fingerprint="a" * 32,
                **expiring(31, "team-b"),
            ),
            finding(rule="redis-auth", fingerprint="b" * 32, **expiring(7, "team-a")),
        )
    )
    said = section(document, "waivers")
    assert said.index("Waiver 1 Moves in May.") < said.index("team-a") < said.index("team-b")
    assert "Ticket DB-7 Last day 2027-05-07 Days left 7 redis-auth db" in said
    assert "Last day 2027-05-31 Days left 31 sql-ssl db, late" in said
    none = section(small(findings=(), baseline=None), "waivers")
    assert none.endswith("None: nobody answers for a finding.")


def test_what_the_baseline_holds_is_no_plain_advice() -> None:
    document = whole()
    said = section(document, "findings")
    assert "Recorded in the baseline on 2026-11-30" in said
    assert "1 finding of the stack is on record in policy-baseline.json" in section(
        document, "waivers"
    )
    assert document.baseline is not None
    evidence = section(document, "evidence")
    assert document.baseline.sha256 in evidence
    assert f"baseline {document.baseline.sha256[:16]}" in evidence


def test_nothing_is_passed_over_in_silence() -> None:
    said = section(whole(), "silence")
    for text in (
        "ValueError: no",
        "sql-ssl raised on",
        "KeyError: 'x'",
        "the remote component site",
        "1 rule is off by settings, 0 of them critical.",
        "run-probes looser mandatory disabled",
        "cost.usage.resources.*.active_hours looser 730 0.0001",
        "stack-entry-declared",
        "1 rule not applicable",
        "1 rule disabled",
        "2 controls that no rule looks at",
        "a secret has a placeholder",
        "first printed second printed",
    ):
        assert text in said, text
    quiet = section(
        small(notes=(), not_evaluated=(), findings=(), changes=(), loosened=()), "silence"
    )
    assert quiet.count("None") == 7


def test_controls_show_their_evidence_and_why_some_have_none() -> None:
    said = section(whole(), "controls")
    assert "CIS Google Cloud 4.0 3 controls: 1 fails, 1 no rule yet, 1 cannot be seen" in said
    assert (
        "6.6 No public addresses fails fails: sql-no-public-ip passes: redis-auth not run: "
        "of-another-pack" in said
    )
    assert "Not all of it can be seen in a program: partly set elsewhere" in said
    assert "1 that no rule looks at yet 1.2 None yet" in said
    assert "1 that cannot be seen in a program Set outside Pulumi 1.1 People have" in said
    assert "no frameworks" in section(small(frameworks=()), "controls")


def test_rules_are_listed_by_what_they_say() -> None:
    said = section(whole(), "rules")
    order = ["Fails 2", "Undecided 1", "Waived 1", "Passes 2", "Not applicable 1", "Disabled 1"]
    places = [said.index(text) for text in order]
    assert places == sorted(places)
    assert "That is no pass." in said
    assert "no rules" in section(small(rules=()), "rules")


def test_cost_has_every_figure_its_assumptions_and_what_has_no_price() -> None:
    said = section(whole(), "cost")
    for text in (
        "82.50 USD a month expected, between 71.00 and 93.00.",
        "databases 70.00 80.50 90.00",
        "in no component 0.00 0.00 0.00",
        "support (paid elsewhere) 1.00 2.00 3.00",
        "new db gcp:sql/databaseInstance:DatabaseInstance databases 0.00 80.50 +80.50",
        "Without a price 1 They are in no total. gcp:compute/disk:Disk disk: no price for",
        "Prices with low confidence: disk.gib_month.",
        "2 resources cost nothing",
        "hours each resource 1, 2, 3",
        "region each resource us-central1",
        "hours db 5",
    ):
        assert text in said, text
    assert "None: everything that costs money has a price." in section(small(), "cost")
    assert section(small(cost=None), "cost") == "Cost The cost was not estimated."


@pytest.mark.parametrize(("budget", "end"), [("100", "100"), ("50", "82.50"), (None, "82.50")])
def test_each_cost_has_a_bar_that_is_held_against_the_budget(budget: str | None, end: str) -> None:
    held = Decimal(budget) if budget else None
    page = read(render(whole().model_copy(update={"budget": held})))
    [table, *_] = page.one("section", id="cost").all("table")
    bars = [item.attributes for item in table.all("meter")]
    assert {bar["max"] for bar in bars} == {end}
    shares = ["80.50", "0", "2", "82.50", *([budget] if budget else [])]
    assert [bar["value"] for bar in bars] == shares
    # The sum is red where it is over the budget; the figures beside the bars say the same.
    assert [bar.get("high") for bar in bars[:4]] == [None, None, None, budget]
    assert ("Budget" in table.text) is (budget is not None)


def test_where_all_is_free_there_is_no_bar() -> None:
    cost = small().cost
    assert cost is not None
    free = cost.model_copy(update={"monthly": figures("0", "0", "0")})
    assert not read(render(small(cost=free, budget=None))).all("meter")


def test_the_network_is_told_as_tables() -> None:
    network = {
        "paths": [
            {"from": "api", "to": ["db", "redis"], "open": True},
            {"from": "internet", "ports": {"tcp": 443}, "open": False, "to": None},
        ],
        "public_names": ["api.example"],
        "note": "of the default network",
        "empty": [],
    }
    told = [(table.name, list(table.columns), list(table.rows)) for table in tables(network)]
    assert told == [
        (
            "paths",
            ["from", "to", "open", "ports"],
            [["api", "db, redis", "yes", ""], ["internet", "", "no", "tcp: 443"]],
        ),
        ("public names", [], [["api.example"]]),
        ("note", [], [["of the default network"]]),
        ("empty", [], []),
    ]
    assert not read(render(small(network=None))).all("section", id="network")


def test_a_rule_leads_to_its_page_where_settings_say_where_it_is() -> None:
    links = read(render(small())).one("section", id="rules").all("a")
    assert [item.attributes["href"] for item in links] == [
        f"https://docs.example.com/rules/{item.text}.html" for item in links
    ]
    assert len(links) == len(small().rules)
    assert not read(render(small(rule_pages=None))).one("section", id="rules").all("a")


@pytest.mark.parametrize("address", ["javascript:ran(1)//{rule}", 'https://a.example/{rule}" x'])
def test_a_document_cannot_bring_an_address_that_is_none(address: str) -> None:
    with pytest.raises(ValidationError, match=r"expected an address with \{rule\}"):
        small(rule_pages=address)


def test_evidence_names_what_the_judgement_rests_on() -> None:
    document = small()
    said = section(document, "evidence")
    lines = "".join(f"{item.fingerprint}\n" for item in document.findings)
    assert hashlib.sha256(lines.encode()).hexdigest() in said
    assert document.tool.rules_sha256 in said
    assert str(document.settings.sha256) in said
    assert "2026-12-01 08:30:00 UTC" in said
    assert "Owner of the waivers" in said
    bare = small(settings={}, project_file=None)
    assert "Settings the pack's defaults" in section(bare, "evidence")


def test_levels_and_severities_all_have_their_words() -> None:
    findings = tuple(
        finding(severity=severity, level=level, fingerprint=f"{severity}-{level}")
        for severity in Severity
        for level in (EnforcementLevel.MANDATORY, EnforcementLevel.ADVISORY)
    )
    page = read(render(small(findings=findings)))
    assert len([item for item in page.all("li") if item.attributes.get("id", "")[:2] == "f-"]) == 8
