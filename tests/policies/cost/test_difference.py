"""An estimate as a document, and what differs between two."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest

from apex_guardrails.cost import Amounts, FixedLine, StackCost, estimate, packaged_prices
from apex_guardrails.cost.difference import Difference, DifferenceKind, find_differences
from apex_guardrails.cost.document import CostDocument, format_plain, make_document, read_document
from apex_guardrails.model import case
from apex_guardrails.model.case import CaseResource
from apex_guardrails.support.errors import UsageError
from tests.policies.cost.stacks import IDLE, cost_of, stack_of

DISK = "gcp:compute/disk:Disk"


def disk(name: str, gib: int) -> CaseResource:
    return case.resource(DISK, name, size=gib, zone="us-central1-a")


def documented(cost: StackCost, stack: str = "case") -> CostDocument:
    return make_document(cost, "cases", stack, {})


def changes(before: StackCost, after: StackCost) -> list[tuple[str, str, Decimal]]:
    return [
        (item.change, item.name, item.monthly.expected)
        for item in find_differences(documented(before), documented(after))
    ]


@pytest.mark.parametrize(
    ("amount", "text"),
    [("0", "0"), ("10", "10"), ("1.50", "1.5"), ("100.00", "100"), ("1E-8", "0.00000001")],
)
def test_an_amount_is_written_plainly(amount: str, text: str) -> None:
    assert format_plain(Decimal(amount)) == text


def test_what_is_written_is_read_back_exactly(tmp_path: Path) -> None:
    stack = stack_of(
        disk("data", 7),
        case.resource("gcp:spanner/instance:Instance", "spanner"),
        case.resource("gcp:compute/network:Network", "vpc"),
    )
    cost = estimate(
        stack, packaged_prices(), IDLE, [FixedLine("Temporal", Amounts.of("100.333333333333"))]
    )
    written = documented(cost)
    path = tmp_path / "base.json"
    path.write_text(written.text(), "utf-8")

    assert read_document(path) == written
    # A judgement holds one, too.
    path.write_text(json.dumps({"verdict": "allowed", "cost": json.loads(written.text())}), "utf-8")
    assert read_document(path) == written
    path.write_text('{"verdict": "incomplete", "cost": null}', "utf-8")
    with pytest.raises(UsageError, match=r"base\.json: is a judgement without a cost"):
        read_document(path)
    content = json.loads(written.text())
    assert content["monthly"]["expected"] == "100.613333333333"
    assert content["resources"][0]["components"][0]["usd"] == "0.04"
    assert content["resources"][1]["unpriced"] == [
        "there is no price for the type gcp:spanner/instance:Instance"
    ]
    assert content["free"] == ["urn:pulumi:case::cases::gcp:compute/network:Network::vpc"]


def test_the_same_stack_differs_in_nothing() -> None:
    cost = cost_of(disk("data", 10))

    assert changes(cost, cost) == []


def test_what_is_new_gone_and_changed() -> None:
    before = cost_of(disk("same", 10), disk("gone", 20), disk("grown", 30))
    after = cost_of(disk("same", 10), disk("new", 40), disk("grown", 130))

    assert sorted(changes(before, after)) == [
        (DifferenceKind.CHANGED, "grown", Decimal("4.00")),
        (DifferenceKind.GONE, "gone", Decimal("-0.80")),
        (DifferenceKind.NEW, "new", Decimal("1.60")),
    ]


def test_a_resource_that_loses_its_price_has_changed() -> None:
    before = cost_of(disk("data", 10))
    after = cost_of(case.resource(DISK, "data", size=10, zone="mars-north1-a"))

    found = find_differences(documented(before), documented(after))
    assert [(item.change, item.unpriced) for item in found] == [(DifferenceKind.CHANGED, True)]


def test_fixed_lines_are_compared_by_name() -> None:
    def fixed(**lines: int) -> CostDocument:
        made = [FixedLine(name, Amounts.of(amount)) for name, amount in lines.items()]
        return documented(StackCost((), tuple(made)))

    found = find_differences(fixed(a=1, b=2, c=3), fixed(b=2, c=4, d=5))
    assert [(item.change, item.name, item.monthly.low) for item in found] == [
        (DifferenceKind.GONE, "a", Decimal(-1)),
        (DifferenceKind.CHANGED, "c", Decimal(1)),
        (DifferenceKind.NEW, "d", Decimal(5)),
    ]


def test_two_stacks_of_a_program_can_be_compared() -> None:
    cost = cost_of(disk("data", 10), log_gib=100)
    text = (
        documented(cost).text().replace(":case::", ":other::").replace("cases-case", "cases-other")
    )
    other = CostDocument.model_validate_json(text).model_copy(update={"stack": "other"})

    assert find_differences(other, documented(cost)) == []


def test_a_difference_is_a_part_of_the_document() -> None:
    entry = Difference(
        DifferenceKind.NEW, "n", DISK, "c", Amounts.of(0), Amounts.of("1.5"), unpriced=False
    ).entry()

    assert entry["change"] == "new"
    assert entry["after"] == {"low": "1.5", "expected": "1.5", "high": "1.5"}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "not valid JSON"),
        ("[]", "expected keys and values"),
        ("{}", "project: is missing"),
        ('{"version": 2}', "version: expected 1"),
        ("[" * 100_000, "not valid JSON"),
    ],
)
def test_something_else_is_no_document(tmp_path: Path, content: str, message: str) -> None:
    path = tmp_path / "base.json"
    path.write_text(content, "utf-8")

    with pytest.raises(UsageError, match=message) as caught:
        read_document(path)
    assert str(caught.value).startswith(f"{path}: ")
    assert "`apex cost --format json` writes such a file" in str(caught.value)


def test_a_document_with_amounts_that_cannot_be_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "base.json"
    content = json.loads(documented(cost_of(disk("data", 10))).text())
    content["monthly"]["low"] = "NaN"
    path.write_text(json.dumps(content), "utf-8")

    with pytest.raises(UsageError, match=r"monthly\.low: expected a finite number"):
        read_document(path)


def test_a_missing_document_is_said(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"base\.json: the file does not exist"):
        read_document(tmp_path / "base.json")
