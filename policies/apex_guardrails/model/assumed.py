"""What a source assumed to be able to run a program, and what it could not run."""

from __future__ import annotations

from dataclasses import dataclass

from apex_guardrails.model.violation import SourcePosition


@dataclass(frozen=True)
class AssumedAnswer:
    """A call of a function whose answer nobody here knows.

    Attributes:
        arguments: as JSON.
    """

    token: str
    arguments: str


@dataclass(frozen=True)
class GuessedBoolean:
    """A boolean in an assumed answer that a program asked for itself: it took one way of two.

    Attributes:
        token: the function's.
        path: in its answer, by the provider's names.
        position: where the program asked.
    """

    token: str
    path: str
    position: SourcePosition | None


@dataclass(frozen=True)
class UnrunCallback:
    """A function that a program gave to `apply`: it did not run, and may make resources.

    Attributes:
        name: "" for one that has none.
        position: where it begins.
        because: why it did not run.
    """

    name: str
    position: SourcePosition | None
    because: str

    @property
    def described(self) -> str:
        """What it is, in a sentence."""
        return f"the function {self.name}" if self.name else "a function given to apply"

    @property
    def label(self) -> str:
        """What it is, as people speak of it."""
        at = f" at {self.position}" if self.position else ""
        return f"the function {self.name}{at}" if self.name else f"a function{at}"
