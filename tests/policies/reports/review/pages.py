"""What the tests of the page share: documents, and a reader of HTML."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from html.parser import HTMLParser
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from apex_guardrails.controls import Result
from apex_guardrails.cost.document import CostDocument, FixedEntry, PricedEntry
from apex_guardrails.judgement.entries import (
    ControlEntry,
    FrameworkEntry,
    ResourceEntry,
    RuleErrorEntry,
    Verdict,
)
from apex_guardrails.judgement.model import Judgement
from apex_guardrails.model import EnforcementLevel, Outcome, Severity
from tests.policies.reports.documents import SQL, URN, WAIVER, figures, finding, small

if TYPE_CHECKING:
    from playwright.sync_api import Page

VOID = {"meta", "input", "br", "link", "hr", "img"}
BLOCKS = {"td", "th", "dt", "dd", "li", "p", "div", "h2", "h3", "h4", "section", "summary"}


def whole() -> Judgement:
    """A judgement that says something in every section, and is compared with an earlier one."""
    base = small(findings=small().findings[:1])
    disk = "urn:pulumi:dev::shop::gcp:compute/disk:Disk::disk"
    document = small(
        verdict=Verdict.INCOMPLETE,
        exit_code=3,
        summary="dev not evaluated completely: the program failed",
        is_complete=False,
        program_errors=("Traceback:\n  a line\nValueError: no",),
        rule_errors=(RuleErrorEntry(rule="sql-ssl", urn=URN, error="KeyError: 'x'"),),
        output=("first printed", "second printed"),
        resources=(
            *small().resources,
            ResourceEntry(urn=disk, type="gcp:compute/disk:Disk", name="disk", custom=True),
        ),
        frameworks=(
            FrameworkEntry(
                id="cis-gcp-4.0",
                name="CIS Google Cloud",
                version="4.0",
                source="CIS",
                counts={Result.FAILS: 1, Result.NO_RULE: 1, Result.CANNOT_BE_SEEN: 1},
                controls=(
                    ControlEntry(
                        id="cis-gcp-4.0:6.6",
                        title="No public addresses",
                        result=Result.FAILS,
                        unseen="partly set elsewhere",
                        rules=("sql-no-public-ip", "redis-auth", "of-another-pack"),
                    ),
                    ControlEntry(id="cis-gcp-4.0:1.2", title="None yet", result=Result.NO_RULE),
                    ControlEntry(
                        id="cis-gcp-4.0:1.1",
                        title="People have a second factor",
                        result=Result.CANNOT_BE_SEEN,
                        unseen="set outside Pulumi",
                    ),
                ),
            ),
        ),
        cost=CostDocument(
            project="shop",
            stack="dev",
            monthly=figures("71", "82.50", "93"),
            resources=(
                PricedEntry(
                    urn=URN,
                    type=SQL,
                    component="databases",
                    status="priced",
                    monthly=figures("70", "80.50", "90"),
                ),
                PricedEntry(
                    urn=disk,
                    type="gcp:compute/disk:Disk",
                    component="",
                    status="unpriced",
                    monthly=figures("0", "0", "0"),
                    unpriced=("no price for this region",),
                ),
            ),
            fixed=(FixedEntry(name="support", monthly=figures("1", "2", "3")),),
            free=("a", "b"),
            doubtful=("disk.gib_month",),
            assumptions={
                "hours": {"low": "1", "expected": "2", "high": "3"},
                "region": "us-central1",
                "resources": {"db": {"hours": {"low": "5", "expected": "5", "high": "5"}}},
            },
        ),
    )
    return document.compared_with(base)


def many(number: int) -> Judgement:
    """A judgement with so many findings, of rules of every severity."""
    severities = list(Severity)
    waived = {"level": EnforcementLevel.ADVISORY, "waiver": WAIVER}
    kinds: list[dict[str, Any]] = [{}, {"outcome": Outcome.UNDECIDED}, waived]
    return small(
        findings=tuple(
            finding(
                rule=f"sql-rule-{index % 50}",
                severity=severities[index % 50 % 4],
                urn=f"urn:pulumi:dev::shop::{SQL}::database-{index}",
                fingerprint=f"{index:032x}",
                **kinds[index % 3],
            )
            for index in range(number)
        )
    )


def expiring(day: int, owner: str) -> dict[str, Any]:
    """What makes a finding one with a waiver that ends on a day of May."""
    update = {"expires": date(2027, 5, day), "owner": owner, "days_left": day}
    return {"level": EnforcementLevel.ADVISORY, "waiver": WAIVER.model_copy(update=update)}


@dataclass
class Element:
    """A tag with what stands in it."""

    tag: str
    attributes: dict[str, str]
    children: list[Element | str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """What is read in it; blocks stand apart."""
        return "".join(
            item if isinstance(item, str) else f" {item.text} " if item.tag in BLOCKS else item.text
            for item in self.children
        )

    def all(self, tag: str = "", **attributes: str) -> list[Element]:
        """Every element below with a tag and attributes, in their order."""
        found = []
        for item in self.children:
            if isinstance(item, Element):
                if tag in ("", item.tag) and attributes.items() <= item.attributes.items():
                    found.append(item)
                found += item.all(tag, **attributes)
        return found

    def one(self, tag: str = "", **attributes: str) -> Element:
        [element] = self.all(tag, **attributes)
        return element


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open = [Element("", {})]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs})
        self.open[-1].children.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_endtag(self, tag: str) -> None:
        # Nothing is left open, and nothing closed that is not: the page nests as it is written.
        assert self.open.pop().tag == tag

    def handle_data(self, data: str) -> None:
        self.open[-1].children.append(data)


def read(page: str) -> Element:
    """The page as a tree.

    Raises:
        AssertionError: tags do not nest.
    """
    reader = _Reader()
    reader.feed(page)
    reader.close()
    assert len(reader.open) == 1
    return reader.open[0]


def violations(page: Page) -> str:
    """What axe has against the page, in words; "" for nothing."""
    page.evaluate(files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8"))
    found = page.evaluate("axe.run()")["violations"]
    return "\n".join(
        f"{item['id']}: {item['help']}: {node['html']}" for item in found for node in item["nodes"]
    )
