"""Cases: a rule's own examples. They document it, test it, and are run before it judges."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from apex_guardrails.model import value
from apex_guardrails.model.cost import Spending
from apex_guardrails.model.grades import Outcome

UNKNOWN = value.UNKNOWN
SECRET_CONFIG = "value-of-a-secret-config-key"  # noqa: S105 stands for one, and is none
"""What a case writes where the program would pass a secret config value."""


def secret(content: value.Value) -> value.Secret:
    """A value with Pulumi's secret mark."""
    return value.Secret(content)


def inputs_at(path: str, content: Any) -> dict[str, Any]:
    """Inputs that have something at a path, and nothing else; of a list as its one element."""
    first, *below = value.parse_path(path)
    for step in reversed(below):
        content = [content] if isinstance(step, int) else {step: content}
    return {str(first): content}


@dataclass(frozen=True, slots=True)
class OutputOf:
    """What is made from an output of another resource of the case: a dependency."""

    name: str
    content: value.Value = UNKNOWN
    secret: value.SecretOrigin | None = None


def output_of(name: str, content: value.Value = UNKNOWN) -> OutputOf:
    """A value that is made from an output of the case's resource of that name.

    Args:
        name: The resource's.
        content: The value, where that resource is deployed and so its output is known.
    """
    return OutputOf(name, content)


def secret_of(token: str, output: str, name: str = "", *, is_unmarked: bool = False) -> OutputOf:
    """A value that is made from a secret output; only the source that runs the program tells it.

    Args:
        token: The type of the resource, or a function.
        output: The path in what it gives.
        name: The case's resource; "" for a function.
        is_unmarked: Whether the program has taken the secret mark away.
    """
    return OutputOf(name, UNKNOWN, value.SecretOrigin(token, output, name, is_unmarked))


@dataclass(frozen=True, slots=True)
class Concatenation:
    """A text that is unknown as a whole, and of which parts are known."""

    parts: tuple[str | value.Unknown | OutputOf, ...]


def concat(*parts: str | value.Unknown | OutputOf) -> Concatenation:
    """A text as `Output.concat` makes it of known parts, `UNKNOWN` ones, and outputs.

    Only the source that runs the program can tell the parts: to others it is plainly unknown.

    Raises:
        ValueError: all is known, or nothing is: that is a text, or `UNKNOWN`.
    """
    known = [isinstance(part, str) for part in parts]
    if all(known) or not any(known):
        raise ValueError("some of the parts must be known, and some not")
    return Concatenation(parts)


@dataclass(frozen=True)
class CaseResource:
    """One resource of a case: its type, its inputs, the inputs of its provider, its outputs."""

    token: str | None
    inputs: Mapping[str, Any]
    name: str = "example"
    provider: Mapping[str, Any] = field(default_factory=dict)
    is_protected: bool = False
    outputs: Mapping[str, Any] = field(default_factory=dict)
    not_run: str = ""
    unrun: str = ""
    guessed: str = ""


def leaves(
    content: Any, path: tuple[value.Step, ...] = ()
) -> Iterator[tuple[tuple[value.Step, ...], Any]]:
    """What is in a value of a case, by the steps of its path; a mark is no step."""
    if isinstance(content, value.Secret):
        yield from leaves(content.value, path)
    elif isinstance(content, Mapping):
        for key, member in content.items():
            yield from leaves(member, (*path, key))
    elif isinstance(content, list | tuple):
        for index, element in enumerate(content):
            yield from leaves(element, (*path, index))
    else:
        yield path, content


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

    @property
    def is_told_offline(self) -> bool:
        """Whether it has what only offline is: parts of texts, secret outputs, what was not run."""
        inputs = [resource.inputs for resource in self.resources]
        return any(it.not_run or it.unrun or it.guessed for it in self.resources) or any(
            isinstance(leaf, Concatenation) or (isinstance(leaf, OutputOf) and leaf.secret)
            for _, leaf in leaves([*inputs, self.outputs])
        )


def resource(
    token: str | None = None,
    name: str = "example",
    /,
    *,
    _provider: Mapping[str, Any] | None = None,
    _protect: bool = False,
    _outputs: Mapping[str, Any] | None = None,
    _not_run: str = "",
    _unrun: str = "",
    _guessed: str = "",
    **inputs: Any,
) -> CaseResource:
    """A resource of a case; without a token it is of the type that the rule is about.

    Args:
        token: The type.
        name: What `output_of` calls it.
        _provider: The inputs of its provider.
        _protect: Pulumi's resource option `protect`.
        _outputs: What is known of it because it is deployed.
        _not_run: Why it, a component, was not run.
        _unrun: Why a function that waits for its outputs was not.
        _guessed: The function in whose assumed answer a boolean decided that it is made.
        inputs: The inputs, by their name in the provider's schema.
    """
    provider, outputs = _provider or {}, _outputs or {}
    return CaseResource(
        token, inputs, name, provider, _protect, outputs, _not_run, _unrun, _guessed
    )


class Making(Protocol):
    """Makes a case, from the inputs of its only resource or from several resources."""

    def __call__(
        self,
        *resources: CaseResource,
        _outputs: Mapping[str, Any] | None = None,
        _parameters: Mapping[str, Any] | None = None,
        _config: Mapping[str, Any] | None = None,
        _spending: Spending | None = None,
        **inputs: Any,
    ) -> Case:
        """The case.

        Args:
            resources: what is in the stack; the rule is asked about the first one.
            _outputs: the stack's.
            _parameters: those of the rule that differ from their defaults.
            _config: the stack's.
            _spending: what the stack costs and may cost.
            inputs: those of the only resource, where none is given.

        Raises:
            TypeError: there are resources, and inputs without one.
        """


def _making(outcome: Outcome | None) -> Making:
    def make(
        *resources: CaseResource,
        _outputs: Mapping[str, Any] | None = None,
        _parameters: Mapping[str, Any] | None = None,
        _config: Mapping[str, Any] | None = None,
        _spending: Spending | None = None,
        **inputs: Any,
    ) -> Case:
        if not resources and _outputs is None and (inputs or _spending is None):
            resources = (resource(None, **inputs),)
        elif inputs:
            raise TypeError("a case has either inputs or resources with inputs of their own")
        return Case(outcome, resources, _outputs or {}, _parameters or {}, _config or {}, _spending)

    return make


passes: Final = _making(Outcome.PASSES)
"""A case in which the rule passes."""
fails: Final = _making(Outcome.FAILS)
"""A case in which the rule finds a violation."""
undecided: Final = _making(Outcome.UNDECIDED)
"""A case in which the rule needs a value that a preview does not know."""
not_applicable: Final = _making(None)
"""A case of a rule that is not about this stack, or not about this resource of its type."""
