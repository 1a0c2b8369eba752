"""Each remedy mends what its rule's own cases have wrong, and breaks nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import pytest

from apex_guardrails.decide import Evaluator
from apex_guardrails.model import EnforcedRule, EnforcementLevel, Outcome, Resource, Rule, Stack
from apex_guardrails.model.case import Case
from apex_guardrails.pack.rules import known_rules
from apex_guardrails.remedies import Suggestion, suggestion, with_values
from apex_guardrails.remedies.safe import replaces
from apex_guardrails.testing.cases import build

LABELS = "labels-required-keys"
VALUES = {"environment": "dev", "owner": "o", "cost-center": "c", "app": "a", "team": "t"}

MENDABLE = [rule for rule in known_rules() if rule.remedy is not None]
# Everything that may be asked of one resource, opt-in rules as well.
ALL = [
    EnforcedRule(
        rule,
        EnforcementLevel.MANDATORY,
        EnforcementLevel.MANDATORY,
        rule.parameters.model_validate({}),
    )
    for rule in known_rules()
    if rule.scope == "resource"
]
EVALUATOR = Evaluator(ALL)


def enforced(rule: Rule, case: Case) -> EnforcedRule:
    parameters = dict(case.parameters)
    if rule.id == LABELS:
        parameters["values"] = VALUES
    checked = rule.parameters.model_validate(parameters)
    return EnforcedRule(rule, EnforcementLevel.MANDATORY, EnforcementLevel.MANDATORY, checked)


def failing(rule: Rule) -> Iterator[tuple[EnforcedRule, Resource, Stack]]:
    for case in rule.cases:
        if case.outcome is Outcome.FAILS:
            stack = build(rule, case)
            yield enforced(rule, case), next(iter(stack)), stack


def mended(item: EnforcedRule, resource: Resource) -> tuple[Resource, list[Suggestion]]:
    """The resource after every round, and what was suggested in them."""
    given: list[Suggestion] = []
    for _ in range(5):
        findings = Evaluator([item]).evaluate_resource(resource).findings
        found = [suggestion(item, finding, resource) for finding in findings]
        given += found
        if not findings or not all(found):
            return resource, given
        for suggested in found:
            resource = resource.with_inputs(partial(with_values, assignments=suggested.assignments))
    raise AssertionError(f"{item.rule.id} has no end")


def said(resource: Resource) -> set[tuple[str, Outcome]]:
    return {
        (finding.rule.id, finding.outcome)
        for finding in EVALUATOR.evaluate_resource(resource).findings
    }


@pytest.mark.parametrize("rule", MENDABLE, ids=lambda rule: rule.id)
def test_the_rule_passes_after_its_remedy(rule: Rule) -> None:
    mends = 0
    for item, resource, _stack in failing(rule):
        after, given = mended(item, resource)
        if not all(given):
            # What is left alone says why.
            assert all(one.because for one in given if not one)
            continue
        mends += 1
        assert not Evaluator([item]).evaluate_resource(after).findings, resource.value
    assert mends, "no case of its own is mended"


@pytest.mark.parametrize("rule", MENDABLE, ids=lambda rule: rule.id)
def test_no_other_rule_fails_for_it(rule: Rule) -> None:
    for item, resource, _stack in failing(rule):
        before = said(resource)
        after, _ = mended(item, resource)
        assert said(after) <= before, resource.value


@pytest.mark.parametrize("rule", MENDABLE, ids=lambda rule: rule.id)
def test_no_remedy_replaces_the_resource(rule: Rule) -> None:
    for item, resource, _stack in failing(rule):
        _, given = mended(item, resource)
        for suggested in given:
            for path in suggested.assignments:
                assert not replaces(resource.type.token, path), (resource, path)


def test_what_is_mended_by_hand_says_why() -> None:
    said = {
        rule.id: rule.remedy.by_hand for rule in MENDABLE if rule.remedy and rule.remedy.by_hand
    }
    assert said == {
        "compute-shielded-integrity-monitoring": "the VM must be stopped for it",
        "compute-shielded-secure-boot": "the VM must be stopped for it",
        "compute-shielded-vtpm": "the VM must be stopped for it",
        "gke-shielded-nodes": "GKE makes every node anew for it",
    }
