"""What the chart of the cost says."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apex_guardrails.cost.document import CostDocument, FixedEntry, ResourceEntry
from apex_guardrails.judgement.document import Document
from apex_guardrails.reports.pictures import cost_chart
from tests.policies.reports.documents import figures, small, texts
from tests.policies.reports.pictures.svg import NAMESPACE, parsed, said, words


def document(*costs: tuple[str, str, str, str], budget: str | None = None) -> Document:
    resources = tuple(
        ResourceEntry(
            urn=f"urn:{number}",
            type="t",
            component=component,
            status="priced",
            monthly=figures(*amounts),
        )
        for number, (component, *amounts) in enumerate(costs)
    )
    sums = [sum(Decimal(item[place]) for item in costs) for place in (1, 2, 3)]
    return small(
        budget=None if budget is None else Decimal(budget),
        cost=CostDocument(
            project="shop",
            stack="dev",
            monthly=figures(*map(str, sums)),
            resources=resources,
            fixed=(FixedEntry(name="Grafana", monthly=figures("19", "19", "19")),),
        ),
    )


def test_there_is_none_without_a_cost() -> None:
    assert cost_chart(small(cost=None)) == ""
    assert cost_chart(small()) == ""


def test_a_bar_for_each_component_the_dearest_first() -> None:
    svg = cost_chart(
        document(
            ("api", "1", "2", "3"), ("db", "10", "20", "30"), ("db", "1", "1", "1"), budget="40"
        )
    )
    shown = words(svg)
    names = ["Everything", "db", "Grafana (paid elsewhere)", "api"]
    assert [name for name in shown if name in names] == names
    for text in ("21.00 (11.00 to 31.00)", "19.00", "2.00 (1.00 to 3.00)", "budget 40.00"):
        assert text in shown
    assert said(svg) == "23.00 (12.00 to 34.00) USD a month are expected; the budget is 40.00."


def test_without_a_component_it_is_said() -> None:
    assert "(no component)" in words(cost_chart(document(("", "1", "1", "1"))))


@pytest.mark.parametrize(("budget", "colour"), [("10", "critical"), ("100", "muted")])
def test_a_budget_that_is_passed_is_seen(budget: str, colour: str) -> None:
    root = parsed(cost_chart(document(("db", "10", "20", "30"), budget=budget)))
    (line,) = [p for p in root.iter(f"{NAMESPACE}path") if p.get("stroke-dasharray")]
    assert colour in str(line.get("stroke"))


def test_many_components_end_in_a_sum() -> None:
    costs = [(f"c{number:02}", "1", "1", "1") for number in range(30)]
    shown = words(cost_chart(document(*costs)))
    assert "12 more components" in shown
    assert "12.00" in shown


AMOUNTS = st.decimals(0, 10**9, places=2).map(str)


@given(st.lists(st.tuples(texts, AMOUNTS, AMOUNTS, AMOUNTS), min_size=1, max_size=8))
@settings(max_examples=20, deadline=None)
def test_whatever_it_costs_it_is_a_picture(costs: list[tuple[str, str, str, str]]) -> None:
    safe = [
        (name.encode("utf-16", "surrogatepass").decode("utf-16", "replace"), low, expected, high)
        for name, low, expected, high in costs
    ]
    parsed(cost_chart(document(*safe, budget="100")))
