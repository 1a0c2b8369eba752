"""A preview, as both of Pulumi's forms tell it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from apex_guardrails.model import Secret
from apex_guardrails.model.value import UNKNOWN
from apex_guardrails.sources.documents.form import Form, quote

HIDDEN: Final = "[secret]"
"""What Pulumi shows in place of a secret."""

_MOST_LINES: Final = 200
_LONGEST_LINE: Final = 100_000

_READS: Final = frozenset({"read", "read-replacement"})
_IMPORTS: Final = frozenset({"import", "import-replacement"})
_REMOVES: Final = frozenset({"delete"})
_SAYS_NOTHING: Final = frozenset(
    {
        *("delete-replaced", "discard", "discard-replaced", "read-discard"),
        *("remove-pending-replace", "extend-parameterize"),
    }
)
"""Operations by what they leave of a resource: `pkg/resource/deploy/step.go`; others leave it."""


@dataclass(slots=True)
class Preview:
    """What Pulumi says of one preview.

    Attributes:
        states: what each resource will be, by its URN.
        read: those that the program looks up.
        imported: those that the deployment takes over as they are.
        deleted: how many the deployment deletes, and does not make again.
        config: the stack's, without what is secret; `None` where it is not said.
        secret_keys: the keys of secret config.
        outputs: the stack's; `None` where they are not said.
        knows_dependencies: whether it says what a resource depends on.
        errors: why the preview failed.
        output: what the program, and the engine, had to say.
        has_ended: whether the preview went through to its end.
        changes: how many resources each operation is about, by the engine's own count.
        same: how many of those that stay as they are are among the states.
    """

    states: dict[str, dict[str, Any]] = field(default_factory=dict)
    read: set[str] = field(default_factory=set)
    imported: set[str] = field(default_factory=set)
    deleted: int = 0
    config: dict[str, str] | None = None
    secret_keys: set[str] = field(default_factory=set)
    outputs: Mapping[str, Any] | None = None
    knows_dependencies: bool = True
    errors: list[str] = field(default_factory=list)
    output: list[str] = field(default_factory=list)
    has_ended: bool = False
    changes: dict[str, int] = field(default_factory=dict)
    same: set[str] = field(default_factory=set)

    @property
    def missing(self) -> int:
        """How many resources stay as they are, and are not told of."""
        return max(0, self.changes.get("same", 0) - len(self.same))

    def step(self, operation: str, urn: str, state: dict[str, Any] | None) -> None:
        """Takes in a step of the preview, of which a resource may have several."""
        if operation in _REMOVES:
            self.deleted += self.states.pop(urn, None) is None or state is None
            self.same.discard(urn)
        elif state is not None and operation not in _SAYS_NOTHING and not state.get("delete"):
            self.states[urn] = state
            if operation in _READS or state.get("external"):
                self.read.add(urn)
            if operation == "same":
                self.same.add(urn)
            if operation in _IMPORTS:
                self.imported.add(urn)

    def say(self, severity: str, message: str) -> None:
        """Takes in a message, whoever it is from."""
        lines = self.errors if severity == "error" else self.output
        for line in message.strip().splitlines() if lines is self.output else [message.strip()]:
            if line.strip() and len(lines) < _MOST_LINES:
                lines.append(line.rstrip()[:_LONGEST_LINE])

    def configured(self, config: Mapping[str, Any] | None, form: Form, at: str) -> None:
        """Takes in the config, in which Pulumi has blinded what is secret.

        Raises:
            UsageError: a value is no text.
        """
        if config is None:
            return
        self.config = {}
        for key, text in config.items():
            if not isinstance(text, str):
                form.wrong(at, quote(key), str, text)
            if text == HIDDEN:
                self.secret_keys.add(key)
            else:
                self.config[key] = text

    def counted(self, changes: Mapping[str, Any] | None, form: Form, at: str) -> None:
        """Takes in the engine's count of what is to be done, which comes when all is known.

        Raises:
            UsageError: one is no number.
        """
        if changes is None:
            return
        for operation, count in changes.items():
            if not isinstance(count, int) or isinstance(count, bool):
                form.wrong(at, quote(operation), "a whole number", count)
        self.has_ended = True
        self.changes = dict(changes)


def unblinded(value: Any) -> Any:
    """A value whose blinded secrets are secrets again, which are not known."""
    if isinstance(value, str):
        return Secret(UNKNOWN) if value == HIDDEN else value
    if isinstance(value, dict):
        return {key: unblinded(item) for key, item in value.items()}
    return [unblinded(item) for item in value] if isinstance(value, list) else value
