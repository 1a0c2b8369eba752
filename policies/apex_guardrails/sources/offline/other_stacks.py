"""What other stacks give out, which a program reads with a `StackReference`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from apex_guardrails.model import UNKNOWN, Secret
from apex_guardrails.model.value import Value

STACK_REFERENCE: Final = "pulumi:pulumi:StackReference"

ORGANIZATION: Final = "organization"
"""What a program is told of its organization: here nobody knows a better name."""

Outputs = Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class StackName:
    """A stack as a program or a setting names it; "" for what is left open.

    Source: `parseStackName` of Pulumi's backends (CLI 3.259).
    """

    organization: str
    project: str
    stack: str

    @classmethod
    def read(cls, name: str, project: str) -> Iterator[StackName]:
        """What a name may mean, seen from a project.

        `base/prod` is a stack of the project base in one backend, of the organization base in
        another.
        """
        match name.split("/"):
            case [stack]:
                yield cls("", project, stack)
            case [owner, stack]:
                yield cls("", owner, stack)
                yield cls(owner, project, stack)
            case [organization, owner, stack]:
                yield cls("" if organization == ORGANIZATION else organization, owner, stack)

    def may_be(self, other: StackName) -> bool:
        """Whether both name the same stack, as far as they say."""
        return (self.project, self.stack) == (other.project, other.stack) and (
            self.organization == other.organization
            or not (self.organization and other.organization)
        )


class OtherStacks:
    """The outputs of the stacks that are known, by their names.

    Args:
        project: the program's own.
        known: by name, as settings write it.
    """

    def __init__(self, project: str = "", known: Mapping[str, Outputs] | None = None) -> None:
        self._project = project
        self._known = known or {}

    def outputs(self, name: str) -> Outputs | None:
        """What a stack gives out; `None` where nobody here knows, or two stacks could be meant."""
        if name in self._known:
            return self._known[name]
        meant = list(StackName.read(name, self._project))
        found = [
            outputs
            for key, outputs in self._known.items()
            if any(
                one.may_be(other) for one in StackName.read(key, self._project) for other in meant
            )
        ]
        return found[0] if len(found) == 1 else None


def answer(name: str, outputs: Outputs | None) -> dict[str, Value]:
    """The properties of a `StackReference`, as the engine's own provider gives them."""
    if outputs is None:
        return {"name": name, "outputs": UNKNOWN}
    return {
        "name": name,
        "outputs": outputs,
        "secretOutputNames": sorted(key for key in outputs if _has_secret(outputs[key])),
    }


def without_secrets(value: Value) -> Value:
    """A value in which what is marked as secret is marked still, and not known."""
    if isinstance(value, Secret):
        return Secret(UNKNOWN)
    if isinstance(value, Mapping):
        return {key: without_secrets(value[key]) for key in value}
    if isinstance(value, list):
        return [without_secrets(item) for item in value]
    return value


def _has_secret(value: Value) -> bool:
    if isinstance(value, Mapping):
        return any(_has_secret(value[key]) for key in value)
    if isinstance(value, list):
        return any(map(_has_secret, value))
    return isinstance(value, Secret)
