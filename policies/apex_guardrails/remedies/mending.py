"""Applies the remedies that settings ask for to what is deployed, and says what differs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final, TypeAlias

from apex_guardrails.decide import Decision, Evaluator
from apex_guardrails.decide.evaluator import Prove, unproven
from apex_guardrails.model import (
    Assignments,
    EnforcedRule,
    EnforcementLevel,
    Finding,
    Outcome,
    Resource,
    ResourceType,
    Rule,
    SourcePosition,
    Stack,
)
from apex_guardrails.model.value import Secret, Value
from apex_guardrails.remedies.safe import suggestion
from apex_guardrails.remedies.values import NotSettableError, with_values

_ROUNDS: Final = 5
"""A rule that sees one violation after another is asked so often."""

Edit: TypeAlias = Callable[[Resource, Assignments], Resource]
"""Makes a resource with other values; `NotSettableError` where there is no such place."""


@dataclass(frozen=True)
class Difference:
    """What is deployed otherwise than the program says.

    Attributes:
        before: what the program says; `None` where it leaves the input out.
        after: what is deployed.
        position: where the program registers the resource, if the source knows.
    """

    rule: Rule
    urn: str
    path: str
    before: Value
    after: Value
    position: SourcePosition | None = None


@dataclass(frozen=True)
class Mended:
    """A resource on which a rule passes now, and what differs for that."""

    rule: Rule
    resource: Resource
    differences: tuple[Difference, ...]


class Remediation:
    """The remedies that settings ask for, on the resources of one stack.

    Attributes:
        differences: of each resource by its URN, what is deployed otherwise so far.
    """

    def __init__(
        self,
        rules: Iterable[EnforcedRule],
        weighed: Callable[[Finding], Finding],
        prove: Prove = unproven,
    ) -> None:
        """Takes the rules whose remedies are applied.

        Args:
            rules: as they are in force; those that ask for no remedy are left alone.
            weighed: a finding with its waiver: what somebody answers for stays as it is.
            prove: what is done with rules before they are asked; nothing if left out.
        """
        self._rules = [
            (item, Evaluator([item], prove))
            for item in rules
            if item.remediates
            and item.level is not EnforcementLevel.DISABLED
            and item.rule.is_remediable
        ]
        self._weighed = weighed
        self._of_type: dict[str, list[tuple[EnforcedRule, Evaluator]]] = {}
        self.differences: dict[str, tuple[Difference, ...]] = {}

    def __bool__(self) -> bool:
        return bool(self._rules)

    def is_about(self, resource_type: ResourceType) -> bool:
        """Whether a remedy may be applied to resources of a type."""
        return bool(self._about(resource_type))

    def apply(self, stack: Stack) -> None:
        """Puts mended resources in the place of those that the program has."""
        if not self._rules:
            return
        for resource in list(stack):
            for mended in self.mend(resource, _edited):
                stack.add(mended.resource)

    def mend(self, resource: Resource, edit: Edit) -> Iterator[Mended]:
        """The resource after each remedy that makes a rule pass, each on top of the one before.

        What is read and not deployed is left alone.
        """
        self.differences.pop(resource.urn, None)
        if resource.is_read:
            return
        for enforced, evaluator in self._about(resource.type):
            mended = self._mended(enforced, evaluator, resource, edit)
            if mended is not None:
                resource = mended.resource
                known = self.differences.get(resource.urn, ())
                self.differences[resource.urn] = (*known, *mended.differences)
                yield mended

    def all_differences(self) -> list[Difference]:
        """What is deployed otherwise than the program says, by resource and input."""
        found = (item for items in self.differences.values() for item in items)
        return sorted(found, key=lambda item: (item.urn, item.path, item.rule.id))

    def _about(self, resource_type: ResourceType) -> list[tuple[EnforcedRule, Evaluator]]:
        token = resource_type.token
        if token not in self._of_type:
            self._of_type[token] = [
                pair for pair in self._rules if pair[0].rule.is_about(resource_type)
            ]
        return self._of_type[token]

    def _mended(
        self, enforced: EnforcedRule, evaluator: Evaluator, resource: Resource, edit: Edit
    ) -> Mended | None:
        """The resource on which a rule passes that did not; `None` where it passes or must stay."""
        differences: list[Difference] = []
        for _ in range(_ROUNDS):
            findings = _findings(evaluator, resource)
            if findings is None:
                return None
            if not findings:
                return Mended(enforced.rule, resource, tuple(differences)) if differences else None
            for finding in findings:
                suggested = suggestion(enforced, finding, resource)
                if not suggested or self._weighed(finding).waiver is not None:
                    return None
                differences += _differences(enforced.rule, resource, suggested.assignments)
                try:
                    resource = edit(resource, suggested.assignments)
                except NotSettableError:
                    return None
        return None


def _findings(evaluator: Evaluator, resource: Resource) -> list[Finding] | None:
    """What a rule says of a resource; `None` where it cannot say, or raises."""
    evaluator.decision = Decision()
    evaluation = evaluator.evaluate_resource(resource)
    if evaluation.errors or evaluation.waiting:
        return None
    if any(finding.outcome is not Outcome.FAILS for finding in evaluation.findings):
        return None
    return evaluation.findings


def _edited(resource: Resource, assignments: Assignments) -> Resource:
    return resource.with_inputs(lambda inputs: with_values(inputs, assignments))


def _differences(rule: Rule, resource: Resource, assignments: Assignments) -> Iterator[Difference]:
    for path, after in assignments.items():
        secret = resource.is_secret(path)
        before = resource.peek(path)
        yield Difference(
            rule,
            resource.urn,
            path,
            Secret(before) if secret else before,
            after,
            resource.position,
        )
