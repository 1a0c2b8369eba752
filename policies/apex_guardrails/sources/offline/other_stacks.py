"""What other stacks give out, which a program reads with a `StackReference`."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final, TypeAlias

from apex_guardrails.model import UNKNOWN, Secret, Stack
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


Ask: TypeAlias = "Callable[[Sequence[StackName]], Outputs | None]"
"""Says what a stack gives out that is called by one of the names; `None` where it is not known."""


class OtherStacks:
    """The outputs of the stacks that are known, by their names."""

    def __init__(
        self,
        project: str = "",
        known: Mapping[str, Outputs] | None = None,
        ask: Ask = lambda _: None,
        stop: Callable[[], None] = lambda: None,
    ) -> None:
        """What is known; `previewed` are the names of those that were asked for and are known.

        Args:
            project: the program's own.
            known: by name, as settings write it.
            ask: for those that settings do not know. It may take its time.
            stop: ends what is done to find out.
        """
        self._project = project
        self._known = known or {}
        self._ask = ask
        self.stop = stop
        self._lock = threading.Lock()
        self._asking = 0
        self.previewed: set[str] = set()
        self._since = self._waited = 0.0

    @property
    def waited(self) -> float:
        """Seconds that the program has waited for what was asked, and waits now."""
        with self._lock:
            return self._waited + (time.monotonic() - self._since if self._asking else 0.0)

    @contextmanager
    def _waiting(self) -> Iterator[None]:
        with self._lock:
            if not self._asking:
                self._since = time.monotonic()
            self._asking += 1
        try:
            yield
        finally:
            with self._lock:
                self._asking -= 1
                if not self._asking:
                    self._waited += time.monotonic() - self._since

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
        if found:
            return found[0] if len(found) == 1 else None
        with self._waiting():
            outputs = self._ask(meant)
        if outputs is not None:
            self.previewed.add(name)
        return outputs


def answer(name: str, outputs: Outputs | None) -> dict[str, Value]:
    """The properties of a `StackReference`, as the engine's own provider gives them."""
    if outputs is None:
        return {"name": name, "outputs": UNKNOWN}
    return {
        "name": name,
        "outputs": outputs,
        "secretOutputNames": sorted(key for key in outputs if _has_secret(outputs[key])),
    }


def outputs_of(stack: Stack) -> Outputs:
    """What a stack gives out, as another one may have it: no placeholder of its secrets."""
    given = stack.outputs.value if stack.outputs else {}
    redact = stack.secret_config.redact

    def readable(value: Value) -> Value:
        if isinstance(value, Mapping):
            return {key: readable(value[key]) for key in value}
        if isinstance(value, Sequence) and not isinstance(value, str):
            return [readable(item) for item in value]
        return UNKNOWN if isinstance(value, str) and redact(value) != value else value

    return {key: readable(without_secrets(given[key])) for key in given}


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
