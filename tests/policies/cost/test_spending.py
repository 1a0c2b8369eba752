"""What a stack may cost, and what the rules say where it costs more."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apex_guardrails.cost import (
    Amounts,
    FixedLine,
    StackCost,
    estimate,
    make_spending,
    packaged_prices,
)
from apex_guardrails.decide import Decision, Evaluator
from apex_guardrails.model import CostLimits, EnforcedRule, EnforcementLevel, Outcome, Stack, case
from apex_guardrails.rules import all_rules
from tests.policies.cost.stacks import IDLE, stack_of

DISKS = (
    case.resource("gcp:compute/disk:Disk", "small", size=100, zone="us-central1-a"),
    case.resource("gcp:compute/disk:Disk", "large", size=300, zone="us-central1-a"),
)
STACK = stack_of(*DISKS, case.resource("gcp:spanner/instance:Instance", "spanner"))
FIXED = [FixedLine("Temporal", Amounts(Decimal(80), Decimal(84), Decimal(94)))]
COST = estimate(stack_of(*DISKS), packaged_prices(), IDLE, FIXED)
"""4 and 12 dollars, and 80, 84 or 94 dollars elsewhere."""

UNPRICED = estimate(STACK, packaged_prices(), IDLE, FIXED)
"""The same, and one resource without a price."""

RULES = [
    EnforcedRule(rule, EnforcementLevel.MANDATORY, EnforcementLevel.MANDATORY, rule.parameters())
    for rule in all_rules()
    if rule.service == "cost"
]
MOST = "most of it: large 12.00, small 4.00"


def decided(limits: CostLimits, base: str | None = None, cost: StackCost = COST) -> Decision:
    """What the rules about cost say of the stack."""
    stack = Stack(STACK.name, STACK.project, resources=STACK.resources)
    before = None if base is None else Amounts.of(base)
    stack.spending = make_spending(lambda: cost, limits, before)
    evaluator = Evaluator(RULES)
    evaluator.evaluate_stack(stack)
    assert evaluator.decision.errors == []
    return evaluator.decision


def said(base: str | None = None, cost: StackCost = COST, **limits: Any) -> list[tuple[str, str]]:
    given: dict[str, Any] = {
        name: Decimal(value) if isinstance(value, str) and name != "counts" else value
        for name, value in limits.items()
    }
    found = decided(CostLimits(**given), base, cost).findings
    return [(item.rule.id, item.message) for item in found]


def test_without_limits_no_rule_applies_and_nothing_is_estimated() -> None:
    def never() -> StackCost:
        raise AssertionError

    stack = Stack("dev", "shop")
    stack.spending = make_spending(never, CostLimits())
    evaluator = Evaluator(RULES)

    assert evaluator.evaluate_stack(stack).findings == []
    assert evaluator.decision.errors == []
    assert {evaluator.decision.not_applicable(item.rule.id) for item in RULES} == {1}


def test_a_limit_that_is_kept_is_passed() -> None:
    decision = decided(CostLimits(budget=Decimal(100)))

    asked = {item.rule.id for item in RULES if not decision.not_applicable(item.rule.id)}
    assert asked == {"cost-within-budget"}
    assert decision.findings == []


@pytest.mark.parametrize(
    ("counts", "budget", "over"),
    [
        ("low", "96", None),
        ("low", "95.99", "the low cost is 0.01 over the budget of 95.99"),
        ("expected", "100", None),
        ("expected", "99", "the expected cost is 1.00 over the budget of 99.00"),
        ("high", "110", None),
        ("high", "100", "the high cost is 10.00 over the budget of 100.00"),
        ("expected", "0", "the expected cost is 100.00 over the budget of 0.00"),
    ],
)
def test_the_budget_is_held_against_the_figure_that_counts(
    counts: str, budget: str, over: str | None
) -> None:
    expected = [] if over is None else [("cost-within-budget", f"{over}; {MOST}")]
    assert said(counts=counts, budget=budget) == expected


@given(st.sampled_from(["low", "expected", "high"]), st.decimals(0, 200, places=2))
def test_a_budget_is_exceeded_where_the_figure_that_counts_is_larger(
    counts: str, budget: Decimal
) -> None:
    is_over = getattr(COST.monthly, counts) > budget
    assert bool(said(counts=counts, budget=budget)) is is_over


@pytest.mark.parametrize("max_unpriced", [None, 1])
def test_a_budget_says_nothing_of_what_has_no_price(max_unpriced: int | None) -> None:
    decision = decided(CostLimits(budget=Decimal(100), max_unpriced=max_unpriced), None, UNPRICED)
    (finding,) = decision.findings
    assert (finding.rule.id, finding.outcome) == ("cost-within-budget", Outcome.UNDECIDED)
    assert finding.level is EnforcementLevel.MANDATORY
    assert finding.message == (
        "cannot be decided before deployment: no full price for 1 of its "
        "resources (spanner), which are not in the total; the rest costs 100.00, and the budget is "
        "100.00"
    )
    # What is over the budget already is over it, whatever the rest costs.
    ((_, message),) = said(cost=UNPRICED, budget="99")
    assert message == f"the expected cost is 1.00 over the budget of 99.00; {MOST}"


def test_an_increase_says_nothing_of_what_has_no_price_since() -> None:
    stack = Stack(STACK.name, STACK.project, resources=STACK.resources)
    for known, is_undecided in (((), True), ([UNPRICED.unpriced[0].urn], False)):
        limits = CostLimits(max_increase=Decimal(5))
        stack.spending = make_spending(lambda: UNPRICED, limits, Amounts.of("100"), known)
        evaluator = Evaluator(RULES)
        messages = [item.message for item in evaluator.evaluate_stack(stack).findings]
        assert bool(messages) is is_undecided
        assert all("for 1 of its resources (spanner), which the base" in text for text in messages)


def test_an_increase_is_judged_against_a_base_alone() -> None:
    assert decided(CostLimits(max_increase=Decimal(0))).not_applicable("cost-increase-within-limit")
    assert said(base="100", max_increase="0") == []
    assert said(base="95", max_increase="5") == []
    assert said(base="150", max_increase="0") == []
    assert said(base="90", max_increase="5") == [
        (
            "cost-increase-within-limit",
            "the expected cost rises by 10.00, but only 5.00 is allowed",
        )
    ]


def test_what_has_no_price_may_be_limited() -> None:
    assert said(cost=UNPRICED, max_unpriced=1) == []
    ((rule, message),) = said(cost=UNPRICED, max_unpriced=0)
    assert rule == "cost-unpriced-within-limit"
    assert message == ("has no full price for 1 of its resources (spanner); the limit is 0")


def test_of_many_that_have_no_price_a_few_are_named() -> None:
    cost = estimate(
        stack_of(*(case.resource("gcp:spanner/instance:Instance", name) for name in "abcd")),
        packaged_prices(),
        IDLE,
    )
    ((_, message),) = said(cost=cost, max_unpriced=2)
    assert message.endswith("for 4 of its resources (a, b, c and 1 more); the limit is 2")


def test_a_single_resource_may_be_limited_to_a_share_of_what_google_bills() -> None:
    assert said(max_share="0.75") == []
    assert said(max_share="0.745") == [
        ("cost-share-within-limit", "has 75% of the expected cost, but at most 74.5% is allowed")
    ]
    (found,) = decided(CostLimits(max_share=Decimal("0.7"))).findings
    assert found.urn.endswith("::large")


def test_a_stack_that_costs_nothing_keeps_every_limit() -> None:
    assert said(cost=StackCost(()), budget="0", max_share="0.1", max_unpriced=0) == []


def test_every_limit_that_is_exceeded_is_said() -> None:
    found = said(
        base="0", cost=UNPRICED, budget="1", max_increase="1", max_unpriced=0, max_share="0.1"
    )

    assert [rule.removeprefix("cost-") for rule, _ in found] == [
        *("increase-within-limit", "share-within-limit", "share-within-limit"),
        *("unpriced-within-limit", "within-budget"),
    ]
