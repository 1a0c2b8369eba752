"""Cases: a rule's own examples. They document it, test it, and are run before it judges."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from policies.model import value
from policies.model.cost import Spending
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
    """One resource of a case: its type, its inputs, the inputs of its provider, its outputs."""

    token: str | None
    inputs: Mapping[str, Any]
    name: str = "example"
    provider: Mapping[str, Any] = field(default_factory=dict)
    is_protected: bool = False
    outputs: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Case:
    """Resources, and what the rule must say about them.

    Attributes:
        outcome: what the first resource gets; for a stack rule, the stack; `None` where the rule
            does not apply to it.
        outputs: the stack's outputs.
        parameters: the rule's parameters, where the case needs others than the defaults.
        config: the stack's config by full key; a value with a secret mark is secret config.
        spending: what the stack costs and may cost, where the case is about that.
    """

    outcome: Outcome | None
    resources: Sequence[CaseResource]
    outputs: Mapping[str, Any] = field(default_factory=dict)
    parameters: Mapping[str, Any] = field(default_factory=dict)
    config: Mapping[str, Any] = field(default_factory=dict)
    spending: Spending | None = None


def resource(
    token: str | None = None,
    name: str = "example",
    /,
    *,
    _provider: Mapping[str, Any] | None = None,
    _protect: bool = False,
    _outputs: Mapping[str, Any] | None = None,
    **inputs: Any,
) -> CaseResource:
    """A resource of a case; without a token it is of the type that the rule is about.

    Args:
        token: The type.
        name: What `output_of` calls it.
        _provider: The inputs of its provider.
        _protect: Pulumi's resource option `protect`.
        _outputs: What is known of it because it is deployed.
        inputs: The inputs, by their name in the provider's schema.
    """
    return CaseResource(token, inputs, name, _provider or {}, _protect, _outputs or {})


def _case(  # noqa: PLR0913 all that a case can have
    outcome: Outcome | None,
    resources: Sequence[CaseResource],
    inputs: Mapping[str, Any],
    *,
    outputs: Mapping[str, Any] | None,
    parameters: Mapping[str, Any] | None,
    config: Mapping[str, Any] | None,
    spending: Spending | None = None,
) -> Case:
    if not resources and outputs is None and (inputs or spending is None):
        resources = (resource(None, **inputs),)
    elif inputs:
        raise TypeError("a case has either inputs or resources with inputs of their own")
    return Case(outcome, resources, outputs or {}, parameters or {}, config or {}, spending)


def passes(
    *resources: CaseResource,
    _outputs: Mapping[str, Any] | None = None,
    _parameters: Mapping[str, Any] | None = None,
    _config: Mapping[str, Any] | None = None,
    _spending: Spending | None = None,
    **inputs: Any,
) -> Case:
    """A case in which the rule passes."""
    return _case(
        Outcome.PASSES,
        resources,
        inputs,
        outputs=_outputs,
        parameters=_parameters,
        config=_config,
        spending=_spending,
    )


def fails(
    *resources: CaseResource,
    _outputs: Mapping[str, Any] | None = None,
    _parameters: Mapping[str, Any] | None = None,
    _config: Mapping[str, Any] | None = None,
    _spending: Spending | None = None,
    **inputs: Any,
) -> Case:
    """A case in which the rule finds a violation."""
    return _case(
        Outcome.FAILS,
        resources,
        inputs,
        outputs=_outputs,
        parameters=_parameters,
        config=_config,
        spending=_spending,
    )


def undecided(
    *resources: CaseResource,
    _outputs: Mapping[str, Any] | None = None,
    _parameters: Mapping[str, Any] | None = None,
    _config: Mapping[str, Any] | None = None,
    _spending: Spending | None = None,
    **inputs: Any,
) -> Case:
    """A case in which the rule needs a value that a preview does not know."""
    return _case(
        Outcome.UNDECIDED,
        resources,
        inputs,
        outputs=_outputs,
        parameters=_parameters,
        config=_config,
        spending=_spending,
    )


def not_applicable(
    *resources: CaseResource,
    _config: Mapping[str, Any] | None = None,
    _spending: Spending | None = None,
    **inputs: Any,
) -> Case:
    """A case of a rule that is not about this stack, or not about this resource of its type."""
    return _case(
        None,
        resources,
        inputs,
        outputs=None,
        parameters=None,
        config=_config,
        spending=_spending,
    )
