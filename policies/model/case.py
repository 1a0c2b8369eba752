"""Cases: a rule's own examples. They document it, test it, and are run before it judges."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from policies.model import value
from policies.model.grades import Outcome

UNKNOWN = value.UNKNOWN
SECRET_CONFIG = "value-of-a-secret-config-key"  # noqa: S105 stands for one, and is none
"""What a case writes where the program would pass a secret config value."""


def secret(content: value.Value) -> value.Secret:
    """A value with Pulumi's secret mark."""
    return value.Secret(content)


@dataclass(frozen=True, slots=True)
class OutputOf:
    """An output of another resource of the case: unknown, and a dependency."""

    name: str


def output_of(name: str) -> OutputOf:
    """A value that is made from an output of the case's resource of that name."""
    return OutputOf(name)


@dataclass(frozen=True)
class CaseResource:
    """One resource of a case: its type, its inputs, and the inputs of its provider."""

    token: str | None
    inputs: Mapping[str, Any]
    name: str = "example"
    provider: Mapping[str, Any] = field(default_factory=dict)
    is_protected: bool = False


@dataclass(frozen=True)
class Case:
    """Resources, and what the rule must say about them.

    Attributes:
        outcome: what the first resource gets; for a stack rule, the stack.
        outputs: the stack's outputs.
        parameters: the rule's parameters, where the case needs others than the defaults.
    """

    outcome: Outcome
    resources: Sequence[CaseResource]
    outputs: Mapping[str, Any] = field(default_factory=dict)
    parameters: Mapping[str, Any] = field(default_factory=dict)


def resource(
    token: str | None = None,
    name: str = "example",
    /,
    *,
    _provider: Mapping[str, Any] | None = None,
    _protect: bool = False,
    **inputs: Any,
) -> CaseResource:
    """A resource of a case; without a token it is of the type that the rule is about.

    Args:
        token: The type.
        name: What `output_of` calls it.
        _provider: The inputs of its provider.
        _protect: Pulumi's resource option `protect`.
        inputs: The inputs, by their name in the provider's schema.
    """
    return CaseResource(token, inputs, name, _provider or {}, _protect)


def _case(
    outcome: Outcome,
    resources: Sequence[CaseResource],
    outputs: Mapping[str, Any] | None,
    parameters: Mapping[str, Any] | None,
    inputs: Mapping[str, Any],
) -> Case:
    if not resources and outputs is None:
        resources = (resource(None, **inputs),)
    elif inputs:
        raise TypeError("a case has either inputs or resources with inputs of their own")
    return Case(outcome, resources, outputs or {}, parameters or {})


def passes(
    *resources: CaseResource,
    _outputs: Mapping[str, Any] | None = None,
    _parameters: Mapping[str, Any] | None = None,
    **inputs: Any,
) -> Case:
    """A case in which the rule passes."""
    return _case(Outcome.PASSES, resources, _outputs, _parameters, inputs)


def fails(
    *resources: CaseResource,
    _outputs: Mapping[str, Any] | None = None,
    _parameters: Mapping[str, Any] | None = None,
    **inputs: Any,
) -> Case:
    """A case in which the rule finds a violation."""
    return _case(Outcome.FAILS, resources, _outputs, _parameters, inputs)


def undecided(
    *resources: CaseResource,
    _outputs: Mapping[str, Any] | None = None,
    _parameters: Mapping[str, Any] | None = None,
    **inputs: Any,
) -> Case:
    """A case in which the rule needs a value that a preview does not know."""
    return _case(Outcome.UNDECIDED, resources, _outputs, _parameters, inputs)
