"""The state of a control follows from what its rules say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apex_guardrails.controls import (
    Control,
    Framework,
    FrameworkCoverage,
    Result,
    RuleResult,
    coverage,
    not_run,
    results,
)
from apex_guardrails.decide import decide
from apex_guardrails.model import (
    UNKNOWN,
    EnforcedRule,
    EnforcementLevel,
    NoParameters,
    Resource,
    Rule,
    Severity,
    Stack,
    Violation,
    Waiver,
)
from apex_guardrails.provider import resource_type

NETWORK = "gcp:compute/network:Network"
SUBNET = "gcp:compute/subnetwork:Subnetwork"


def is_good(resource: Resource) -> Iterator[Violation]:
    """The description says what the rule is to say."""
    said = resource.get("description", omitted="good")
    if said == "raise":
        raise ValueError(said)
    if said == "bad":
        yield resource.fail("is bad")
        yield resource.fail("is bad in two ways")


def is_good_stack(stack: Stack) -> Iterator[Violation]:
    yield from stack.each(stack.of_type(NETWORK), is_good)


def made(name: str = "a-rule", *controls: str, **facts: Any) -> Rule:
    return Rule(
        **{
            "id": name,
            "service": "a",
            "module": "m",
            "title": "T",
            "why": "W.",
            "severity": Severity.HIGH,
            "on": NETWORK,
            "controls": controls,
            "fix": "F.",
            "level": EnforcementLevel.MANDATORY,
            "scope": "resource",
            "parameters": NoParameters,
            "check": is_good,
            **facts,
        }
    )


def stack_of(*descriptions: Any, token: str = NETWORK) -> Stack:
    stack = Stack("dev", "project")
    for number, said in enumerate(descriptions):
        urn = f"urn:pulumi:dev::project::{token}::r{number}"
        stack.add(Resource(urn, resource_type(token), {"description": said}, stack))
    return stack


MANDATORY, DISABLED = EnforcementLevel.MANDATORY, EnforcementLevel.DISABLED
WAIVER = Waiver(policy="a-rule", resource="r0", reason="R", owner="O", expires=date(2030, 1, 1))


def said(
    rule: Rule,
    stack: Stack,
    level: EnforcementLevel = MANDATORY,
    when_undecided: EnforcementLevel = MANDATORY,
    *,
    waived: bool = False,
) -> RuleResult:
    enforced = [EnforcedRule(rule, level, when_undecided, NoParameters())]
    decision = decide(stack, enforced)
    findings = [
        replace(item, waiver=WAIVER) if waived and WAIVER.covers(item.rule.id, item.urn) else item
        for item in decision.findings
    ]
    [result] = results(enforced, stack, findings, decision)
    assert result.rule is rule
    return result


STACK_RULE: dict[str, Any] = {"scope": "stack", "check": is_good_stack}


@pytest.mark.parametrize(
    ("descriptions", "result", "counts"),
    [
        (["good", "good"], Result.PASSES, {Result.PASSES: 2}),
        (["good", "bad"], Result.FAILS, {Result.PASSES: 1, Result.FAILS: 1}),
        (["good", UNKNOWN], Result.UNDECIDED, {Result.PASSES: 1, Result.UNDECIDED: 1}),
        (["bad", UNKNOWN], Result.FAILS, {Result.FAILS: 1, Result.UNDECIDED: 1}),
        (["bad", "raise"], Result.RULE_FAILED, {Result.FAILS: 1, Result.RULE_FAILED: 1}),
        (["raise", "raise"], Result.RULE_FAILED, {Result.RULE_FAILED: 2}),
        ([], Result.NOT_APPLICABLE, {}),
    ],
)
def test_what_matters_most_is_a_rules_result(
    descriptions: list[Any], result: Result, counts: dict[Result, int]
) -> None:
    rule = made()
    found = said(rule, stack_of(*descriptions))
    assert (found.result, found.counts) == (result, Counter(counts))
    assert said(rule, stack_of(*descriptions), when_undecided=DISABLED) == found


@pytest.mark.parametrize(
    ("descriptions", "result", "counts"),
    [
        (["good", "good"], Result.PASSES, {Result.PASSES: 1}),
        (["bad", "bad"], Result.FAILS, {Result.FAILS: 2}),
        (["good", UNKNOWN], Result.UNDECIDED, {Result.UNDECIDED: 1}),
        (["raise"], Result.RULE_FAILED, {Result.RULE_FAILED: 1}),
        ([], Result.NOT_APPLICABLE, {}),
    ],
)
def test_a_rule_about_the_stack_passes_once_or_names_resources(
    descriptions: list[Any], result: Result, counts: dict[Result, int]
) -> None:
    rule = made(**STACK_RULE)
    found = said(rule, stack_of(*descriptions))
    assert (found.result, found.counts) == (result, Counter(counts))
    assert said(rule, stack_of(*descriptions), when_undecided=DISABLED) == found


def test_a_rule_about_other_stacks_is_not_applicable() -> None:
    rule = made(**STACK_RULE, when=lambda stack: stack.name != "dev")
    assert said(rule, stack_of("good")).result is Result.NOT_APPLICABLE
    assert said(rule, stack_of("bad")).counts == Counter()
    assert said(rule, stack_of("bad"), level=DISABLED).result is Result.DISABLED


def test_resources_of_other_types_do_not_count() -> None:
    assert said(made(), stack_of("bad", token=SUBNET)).result is Result.NOT_APPLICABLE
    stack = stack_of("good", token=SUBNET)
    assert said(made(**STACK_RULE), stack).result is Result.NOT_APPLICABLE
    assert said(made(on="*"), stack).result is Result.PASSES


def test_a_rule_about_the_stack_may_miss_what_is_not_there() -> None:
    def wants(stack: Stack) -> Iterator[Violation]:
        yield stack.fail("has no network")

    found = said(made(scope="stack", check=wants), stack_of())
    assert (found.result, found.counts) == (Result.FAILS, Counter({Result.FAILS: 1}))


def test_a_waived_finding_is_no_pass_and_hides_no_other() -> None:
    found = said(made(), stack_of("bad", "good"), waived=True)
    assert found.counts == Counter({Result.WAIVED: 1, Result.PASSES: 1})
    assert found.result is Result.WAIVED
    assert said(made(), stack_of(UNKNOWN), waived=True).result is Result.WAIVED
    assert said(made(), stack_of("bad", "bad"), waived=True).result is Result.FAILS


def test_a_disabled_rule_says_nothing() -> None:
    found = said(made(), stack_of("bad"), level=DISABLED)
    assert (found.result, found.counts) == (Result.DISABLED, Counter())


def framework_of(*controls: Control) -> Framework:
    return Framework("f", "F", "1", "https://example.com", controls)


ONE, TWO, THREE = Control("f", "1", "One"), Control("f", "2", "Two"), Control("f", "3", "3", "why")


def test_a_control_without_rules_says_why() -> None:
    rule = made("a-rule", "f:1", "other:2")
    [found] = coverage([framework_of(ONE, TWO, THREE)], not_run([rule]))
    assert [item.result for item in found.controls] == [
        *(Result.NOT_RUN, Result.NO_RULE, Result.CANNOT_BE_SEEN)
    ]
    assert [item.rule.id for item in found.controls[0].rules] == ["a-rule"]
    assert found.counts == Counter(item.result for item in found.controls)


RUN = st.sampled_from(
    [item for item in Result if item.value not in ("no rule yet", "cannot be seen")]
)
RULES = st.lists(st.tuples(st.sets(st.sampled_from(["f:1", "f:2", "f:3", "g:1"])), RUN))


def covered(rules: Sequence[tuple[set[str], Result]]) -> FrameworkCoverage:
    asked = [
        RuleResult(made(f"r-{number}", *sorted(controls)), result)
        for number, (controls, result) in enumerate(rules)
    ]
    [found] = coverage([framework_of(ONE, TWO, THREE)], asked)
    return found


@given(RULES)
def test_every_control_is_shown_once_with_the_worst_that_its_rules_say(
    rules: list[tuple[set[str], Result]],
) -> None:
    found = covered(rules)
    assert [item.control for item in found.controls] == [ONE, TWO, THREE]
    assert found.counts.total() == 3
    order = list(Result)
    for item in found.controls:
        expected = [result for controls, result in rules if item.control.id in controls]
        assert [rule.result for rule in item.rules] == expected
        if expected:
            assert item.result is min(expected, key=order.index)
        else:
            assert item.result is (Result.CANNOT_BE_SEEN if item.control.unseen else Result.NO_RULE)


@given(RULES, st.tuples(st.just({"f:1"}), RUN))
def test_one_more_rule_never_makes_a_control_look_better(
    rules: list[tuple[set[str], Result]], more: tuple[set[str], Result]
) -> None:
    order = list(Result)
    before, after = covered(rules), covered([*rules, more])
    assert order.index(after.controls[0].result) <= order.index(before.controls[0].result)
    assert [item.result for item in after.controls[1:]] == [
        item.result for item in before.controls[1:]
    ]
