"""The billing budget is no higher than the stack's cost limit."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from apex_guardrails.gcp.types import BILLING_BUDGET
from apex_guardrails.model import CostLimits, Resource, Spending, Stack, Violation, case, rule
from apex_guardrails.model.cost import dollars

AMOUNT = "amount.specifiedAmount"
UNITS = f"{AMOUNT}.units"
# Budget API, CalendarPeriod, 2026-11; a month where it is omitted.
MONTHS = {"MONTH": 1, "QUARTER": 3, "YEAR": 12}


@rule(
    severity="medium",
    on=BILLING_BUDGET,
    scope="stack",
    when=lambda stack: stack.spending.limits.budget is not None,
    fix="Lower the amount, or raise cost.budget in policy-pack.yaml.",
)
def billing_budget_within_limit(stack: Stack) -> Iterator[Violation]:
    """With a budget above the limit, the alert comes only after the limit is exceeded."""
    limit = stack.spending.limits.budget or Decimal(0)

    def check(budget: Resource) -> Iterator[Violation]:
        # Limits are in US dollars; of another currency, and of last month's cost, nothing is known.
        if budget.get(f"{AMOUNT}.currencyCode", omitted="USD") != "USD":
            return
        if budget.get("budgetFilter.customPeriod") is not None:
            return
        allowed = limit * MONTHS.get(str(budget.get("budgetFilter.calendarPeriod")), 1)
        amount = _whole(budget.get(UNITS)) + _whole(budget.get(f"{AMOUNT}.nanos")) / 10**9
        if amount > allowed:
            yield budget.fail(
                f"is {dollars(amount)}, but the stack may cost only {dollars(allowed)} "
                "in that period",
                at=UNITS,
            )

    yield from stack.each(stack.of_type(BILLING_BUDGET), check)


def _whole(number: Any) -> Decimal:
    """A whole number, which may be text; 0 for nothing, and for what Google refuses."""
    text = str(number)
    return Decimal(text) if text.removesuffix(".0").isdecimal() else Decimal(0)


def _budget(units: Any, **more: Any) -> case.CaseResource:
    period = {"budgetFilter": more.pop("budgetFilter")} if "budgetFilter" in more else {}
    return case.resource(
        BILLING_BUDGET, amount={"specifiedAmount": {"units": units, **more}}, **period
    )


LIMIT = Spending(CostLimits(budget=Decimal(100)))
CASES = [
    case.passes(_budget("100", currencyCode="USD"), _spending=LIMIT),
    case.fails(_budget("101", currencyCode="USD"), _spending=LIMIT),
    case.passes(_budget("100"), _spending=LIMIT),
    case.fails(_budget("101"), _spending=LIMIT),
    case.fails(_budget(101.0), _spending=LIMIT),
    case.fails(_budget("100", nanos=1), _spending=LIMIT),
    case.passes(_budget("99", nanos=999_999_999), _spending=LIMIT),
    case.fails(_budget("1"), _spending=Spending(CostLimits(budget=Decimal(0)))),
    case.passes(_budget("1000", currencyCode="EUR"), _spending=LIMIT),
    case.passes(_budget("many"), _spending=LIMIT),
    *(
        made(_budget(str(amount), budgetFilter={"calendarPeriod": period}), _spending=LIMIT)
        for period, months in MONTHS.items()
        for made, amount in ((case.passes, 100 * months), (case.fails, 100 * months + 1))
    ),
    case.passes(_budget("1000", budgetFilter={"customPeriod": {"startDate": {}}}), _spending=LIMIT),
    case.passes(case.resource(BILLING_BUDGET, amount={"lastPeriodAmount": True}), _spending=LIMIT),
    case.undecided(_budget(case.UNKNOWN), _spending=LIMIT),
    case.undecided(_budget("1", currencyCode=case.UNKNOWN), _spending=LIMIT),
    case.undecided(_budget("1", nanos=case.UNKNOWN), _spending=LIMIT),
    case.undecided(_budget("1", budgetFilter=case.UNKNOWN), _spending=LIMIT),
    case.undecided(_budget("1", budgetFilter={"calendarPeriod": case.UNKNOWN}), _spending=LIMIT),
    case.fails(_budget(case.UNKNOWN), _budget("101"), _spending=LIMIT),
    case.passes(_spending=LIMIT),
    case.not_applicable(_budget("101"), _spending=Spending(CostLimits(max_unpriced=0))),
]
