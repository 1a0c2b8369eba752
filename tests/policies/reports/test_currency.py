"""The billing currency and the savings: in every format, and marked."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

from apex_guardrails.cost.document import Converted, Figures, SavingEntry
from apex_guardrails.judgement.model import Judgement
from apex_guardrails.reports.formats import formats
from apex_guardrails.settings import ReportFormat
from tests.policies.reports.documents import URN, small

MONTHLY = {"low": "63", "expected": "72.45", "high": "81"}


def document() -> Judgement:
    cost = small().cost
    assert cost is not None
    converted = Converted(
        currency="EUR", rate=Decimal("0.90"), monthly=Figures.model_validate(MONTHLY)
    )
    saving = SavingEntry(
        urn=URN,
        advice="the tier a|b is enough",
        monthly=Figures.model_validate({"low": "9", "expected": "10", "high": "11"}),
    )
    return small(cost=cost.model_copy(update={"converted": converted, "savings": (saving,)}))


@pytest.mark.parametrize(
    "name", [ReportFormat.SARIF, ReportFormat.JUNIT, ReportFormat.MARKDOWN, ReportFormat.HTML]
)
def test_the_total_is_in_the_billing_currency_too_and_marked(name: ReportFormat) -> None:
    page = formats()[name].render(document())

    said = "72.45 EUR a month (63.00 to 81.00), converted at 0.9 EUR for a US dollar"
    assert said in page
    assert "converted" not in formats()[name].render(small())


def test_the_json_has_both() -> None:
    cost = json.loads(formats()[ReportFormat.JSON].render(document()))["cost"]

    assert cost["converted"] == {"currency": "EUR", "rate": "0.9", "monthly": MONTHLY}
    assert cost["savings"][0]["monthly"]["expected"] == "10"
    assert Judgement.model_validate_json(document().text()) == document()


def test_differences_and_savings_are_converted_where_people_read_them() -> None:
    page = formats()[ReportFormat.MARKDOWN].render(document())

    assert "The difference is **+20.50** (+18.45 EUR, converted)." in page
    assert "| `db` | the tier a&#124;b is enough | -10.00 (-9.00 EUR, converted) |" in page
    html = formats()[ReportFormat.HTML].render(document())
    assert "the tier a|b is enough" in html
    assert "9.00 EUR, converted" in html


def test_savings_alone_are_in_us_dollars() -> None:
    whole = document()
    assert whole.cost is not None
    alone = whole.model_copy(update={"cost": whole.cost.model_copy(update={"converted": None})})

    page = formats()[ReportFormat.MARKDOWN].render(alone)
    assert "| `db` | the tier a&#124;b is enough | -10.00 |" in page
    assert "EUR" not in page
    assert "Could cost less" not in formats()[ReportFormat.MARKDOWN].render(small())
