"""Runs the cases of rules."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from policies.decide import Decision, Judge
from policies.model import EnforcedRule, EnforcementLevel, Outcome, Resource, Rule, Stack
from policies.model.case import SECRET_CONFIG, Case
from policies.model.credentials import SecretConfig
from policies.model.resource import STACK_TYPE
from policies.provider import resource_type


@dataclass(frozen=True, slots=True)
class CaseFailure:
    """A case that did not go as it says.

    Attributes:
        number: which of the rule's cases, counted from 1.
    """

    rule_id: str
    number: int
    expected: Outcome
    got: str

    def __str__(self) -> str:
        return f"{self.rule_id}: case {self.number} expects {self.expected}, got {self.got}"


def build(rule: Rule, case: Case) -> Stack:
    """The stack of a case.

    Raises:
        ValueError: a resource has no type, and the rule is about many.
    """
    stack = Stack(
        name="case", project="cases", secret_config=SecretConfig({"cases:secret": SECRET_CONFIG})
    )
    for number, item in enumerate(case.resources):
        token = item.token or rule.type_token
        if token is None:
            raise ValueError(f"{rule.id}: a case's resource needs a type: the rule is about many")
        name = item.name if number == 0 else f"{item.name}-{number}"
        stack.add(
            Resource(
                f"urn:pulumi:case::cases::{token}::{name}",
                resource_type(token),
                item.inputs,
                stack,
                provider=item.provider,
                dependencies=(),
                property_dependencies={},
            )
        )
    stack.outputs = Resource(stack.urn, resource_type(STACK_TYPE), case.outputs, stack)
    return stack


def run_case(rule: Rule, case: Case) -> tuple[Outcome | None, Decision]:
    """What a rule says in one of its cases; `None` where it does not apply or raises."""
    judge = Judge(
        [
            EnforcedRule(
                rule,
                EnforcementLevel.MANDATORY,
                EnforcementLevel.MANDATORY,
                rule.parameters.model_validate(case.parameters),
            )
        ]
    )
    stack = build(rule, case)
    if rule.scope == "stack":
        judge.judge_stack(stack)
    else:
        judge.judge_resource(next(iter(stack)))
    outcomes = {finding.outcome for finding in judge.decision.findings}
    if judge.decision.passed[rule.id]:
        outcomes.add(Outcome.PASSES)
    return (next(iter(outcomes)) if len(outcomes) == 1 else None), judge.decision


def run_cases(rules: Iterable[Rule]) -> Iterator[CaseFailure]:
    """The cases that do not go as they say; none in a sound pack."""
    for rule in rules:
        for number, case in enumerate(rule.cases, start=1):
            got, decision = run_case(rule, case)
            if got is not case.outcome:
                error = decision.errors[0].error.strip().splitlines()[-1] if decision.errors else ""
                yield CaseFailure(
                    rule.id, number, case.outcome, error or (got.value if got else "nothing")
                )
        if not rule.cases:
            yield CaseFailure(rule.id, 0, Outcome.PASSES, "no cases at all")
