"""Runs the cases of rules."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from apex_guardrails.decide import Decision, Evaluator
from apex_guardrails.model import (
    UNKNOWN,
    EnforcedRule,
    EnforcementLevel,
    Outcome,
    Resource,
    Rule,
    Secret,
    Stack,
)
from apex_guardrails.model.assumed import GuessedBoolean, UnrunCallback
from apex_guardrails.model.case import SECRET_CONFIG, Case, Concatenation, OutputOf, leaves
from apex_guardrails.model.credentials import SecretConfig
from apex_guardrails.model.resource_type import STACK_TYPE
from apex_guardrails.model.value import KnownParts, SecretOrigin, Step, Value, unwrap
from apex_guardrails.provider import resource_type
from apex_guardrails.translation import equivalent


@dataclass(frozen=True, slots=True)
class CaseFailure:
    """A case that did not go as it says.

    Attributes:
        number: which of the rule's cases, counted from 1.
    """

    rule_id: str
    number: int
    expected: Outcome | None
    got: str

    def __str__(self) -> str:
        expected = self.expected or "nothing"
        return f"{self.rule_id}: case {self.number} expects {expected}, got {self.got}"


Reading = Callable[[Mapping[str, Value]], Mapping[str, Value]]
"""How a source reads inputs; cases are read as they are written, unless told otherwise."""


def build(rule: Rule, case: Case, read: Reading = dict) -> Stack:
    """The stack of a case.

    Raises:
        ValueError: a resource has no type, and the rule is about many.
    """
    stack = Stack("case", "cases", _CONFIG_TEXTS, _SECRET_CONFIG, equivalent=equivalent)
    if case.config:
        config = {**_CONFIG, **case.config}
        stack.config, stack.secret_config = _texts(config), _secrets(config)
    if case.spending is not None:
        stack.spending = case.spending
    urns: dict[str, str] = {}
    tokens: list[str] = []
    for number, item in enumerate(case.resources):
        token = item.token or rule.type_token
        if token is None:
            raise ValueError(f"{rule.id}: a case's resource needs a type: the rule is about many")
        name = f"{item.name}-{number}" if item.name in urns else item.name
        urns[name] = f"urn:pulumi:case::cases::{token}::{name}"
        tokens.append(token)
    for urn, token, item in zip(urns.values(), tokens, case.resources, strict=True):
        resource = _resource(urn, token, item.inputs, stack, urns, read)
        resource.is_protected = item.is_protected
        resource.provider = read(item.provider)
        resource.outputs = item.outputs
        stack.add(resource)
        if item.not_run:
            stack.not_run[urn] = item.not_run
        if item.unrun:
            stack.unrun.append(UnrunCallback("", None, item.unrun))
        if item.guessed:
            stack.guessed.append(GuessedBoolean(item.guessed, "enabled", None))
    if case.outputs or rule.scope == "stack":
        stack.outputs = _resource(stack.urn, STACK_TYPE, case.outputs, stack, urns, read)
    return stack


def _resource(  # noqa: PLR0913, PLR0917 two private callers
    urn: str,
    token: str,
    inputs: Mapping[str, Any],
    stack: Stack,
    urns: Mapping[str, str],
    read: Reading,
) -> Resource:
    """A resource of a case; `urns` has those of all its resources by name."""
    kind = resource_type(token)
    if _is_plain(inputs):
        nothing: Mapping[str, tuple[str, ...]] = dict.fromkeys(inputs, ())
        return Resource(
            urn, kind, read(inputs), stack, dependencies=(), property_dependencies=nothing
        )
    referred = {
        key: tuple(urns[name] for name in _referred(value)) for key, value in inputs.items()
    }
    return Resource(
        urn,
        kind,
        read(_as_previewed(inputs)),
        stack,
        dependencies=[urn for found in referred.values() for urn in found],
        property_dependencies=referred,
        known_parts=_known_parts(inputs),
        secret_origins=_secret_origins(inputs),
    )


def _is_plain(value: Value) -> bool:
    """Whether nothing in it comes from an output, or is put together: so it is nearly always."""
    kind = value.__class__
    if kind is dict:
        return all(map(_is_plain, value.values()))
    if kind is list or kind is tuple:
        return all(map(_is_plain, value))
    if kind is Secret:
        return _is_plain(value.value)
    return kind is not OutputOf and kind is not Concatenation


def _texts(config: Mapping[str, Value]) -> Mapping[str, str]:
    return {key: unwrap(value) for key, value in config.items()}


def _secrets(config: Mapping[str, Value]) -> SecretConfig:
    return SecretConfig(
        {key: value.value for key, value in config.items() if isinstance(value, Secret)}
    )


_CONFIG: Final = {"cases:secret": Secret(SECRET_CONFIG)}
_CONFIG_TEXTS: Final = _texts(_CONFIG)
_SECRET_CONFIG: Final = _secrets(_CONFIG)
"""One for nearly all cases: what it looks for is worked out once."""


def _referred(value: Value) -> Iterator[str]:
    """The names of the resources whose outputs occur in an input of a case."""
    for _, leaf in leaves(value):
        if isinstance(leaf, Concatenation):
            yield from _referred(leaf.parts)
        elif isinstance(leaf, OutputOf) and leaf.name:  # a function is no resource
            yield leaf.name


def _known_parts(inputs: Mapping[str, Any]) -> dict[tuple[Step, ...], KnownParts]:
    """The known parts of what a case concatenates, by the steps of its path."""
    return {
        path: tuple(part if isinstance(part, str) else None for part in leaf.parts)
        for path, leaf in leaves(inputs)
        if isinstance(leaf, Concatenation)
    }


def _secret_origins(inputs: Mapping[str, Any]) -> dict[tuple[Step, ...], tuple[SecretOrigin, ...]]:
    """The secret outputs from which values of a case are, by the steps of their paths."""
    return {
        path: (leaf.secret,)
        for path, leaf in leaves(inputs)
        if isinstance(leaf, OutputOf) and leaf.secret is not None
    }


def _as_previewed(value: Value) -> Value:
    """An input of a case as a preview has it."""
    if isinstance(value, OutputOf):
        return value.content
    if isinstance(value, Concatenation):
        return UNKNOWN
    if isinstance(value, Secret):
        return Secret(_as_previewed(value.value))
    if isinstance(value, Mapping):
        return {name: _as_previewed(member) for name, member in value.items()}
    if isinstance(value, list | tuple):
        return [_as_previewed(element) for element in value]
    return value


def run_case(rule: Rule, case: Case, stack: Stack | None = None) -> tuple[Outcome | None, Decision]:
    """What a rule says in one of its cases; `None` where it does not apply or raises.

    Args:
        rule: The rule.
        case: Its case.
        stack: The case's stack as a source hands it in; built from the case if left out.
    """
    return _run(_evaluator(rule, case.parameters), rule, stack or build(rule, case))


def _evaluator(rule: Rule, parameters: Mapping[str, Any]) -> Evaluator:
    enforced = EnforcedRule(
        rule,
        EnforcementLevel.MANDATORY,
        EnforcementLevel.MANDATORY,
        rule.parameters.model_validate(parameters),
    )
    return Evaluator([enforced])


def _run(evaluator: Evaluator, rule: Rule, stack: Stack) -> tuple[Outcome | None, Decision]:
    evaluator.decision = decision = Decision()
    if rule.scope == "stack":
        evaluation = evaluator.evaluate_stack(stack)
    else:
        first = next(iter(stack))
        if not rule.is_about(first.type):
            return None, decision
        evaluation = evaluator.evaluate_resource(first)
    outcomes = {finding.outcome for finding in evaluation.findings}
    if not (outcomes or evaluation.errors or evaluation.waiting or evaluation.skipped):
        outcomes.add(Outcome.PASSES)
    return (next(iter(outcomes)) if len(outcomes) == 1 else None), decision


def run_cases(rules: Iterable[Rule], read: Reading = dict) -> Iterator[CaseFailure]:
    """The cases that do not go as they say; none in a sound pack."""
    for rule in rules:
        usual = _evaluator(rule, {})
        for number, case in enumerate(rule.cases, start=1):
            evaluator = _evaluator(rule, case.parameters) if case.parameters else usual
            stack = build(rule, case, read)
            got, decision = _run(evaluator, rule, stack)
            stack.dissolve()
            if got is not case.outcome or decision.errors:
                error = decision.errors[0].error.strip().splitlines()[-1] if decision.errors else ""
                yield CaseFailure(
                    rule.id, number, case.outcome, error or (got.value if got else "nothing")
                )
        if not rule.cases:
            yield CaseFailure(rule.id, 0, Outcome.PASSES, "no cases at all")
