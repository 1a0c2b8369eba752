"""What to set so that a rule passes: for the engine, for the program's own line, and for SARIF."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from apex_guardrails.model.value import Value, join_path, parse_path

if TYPE_CHECKING:
    from apex_guardrails.model.resource import Resource

Assignments: TypeAlias = Mapping[str, Value]
"""Values by the path of the input that takes them."""


@dataclass(frozen=True)
class Remedy:
    """What mends a violation without replacing the resource, and without an outage.

    Attributes:
        inputs: what to set, of the resource, the path at fault and the rule's parameters; nothing
            where this violation cannot be mended so.
        by_hand: why it must not be set unseen, as a clause; "" where it may be. It is suggested
            to whoever changes the program, and never set on the way to the cloud.
    """

    inputs: Callable[[Resource, str, Any], Assignments]
    by_hand: str = ""


def sets(value: Value, *, by_hand: str = "") -> Remedy:
    """Of a rule whose violations name the one input that must have another value."""
    return Remedy(lambda _resource, path, _parameters: {path: value}, by_hand)


def sets_by_name(values: Assignments) -> Remedy:
    """Of a rule whose violations name one of several inputs: what each must be, by its last name.

    A violation at any other input is not mended.
    """

    def inputs(_resource: Resource, path: str, _parameters: Any) -> Assignments:
        name = parse_path(path)[-1] if path else ""
        return {path: values[name]} if isinstance(name, str) and name in values else {}

    return Remedy(inputs)


def absent(
    given: Container[str], path: str, keys: Iterable[str], values: Mapping[str, Value]
) -> Assignments:
    """The keys of a mapping that are absent, with their values; nothing where one has none.

    Args:
        given: the keys that are there.
        path: where the mapping is.
        keys: those that it must have.
        values: theirs, as far as they are known.
    """
    missing = [key for key in keys if key not in given]
    if any(key not in values for key in missing):
        return {}
    return {join_path(path, key): values[key] for key in missing}
