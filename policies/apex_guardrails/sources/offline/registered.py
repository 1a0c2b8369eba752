"""What a program tells the monitor, but for the answers that it gets."""

from __future__ import annotations

from dataclasses import dataclass, field

from apex_guardrails.model import SourcePosition, Stack


@dataclass(frozen=True, slots=True)
class ProviderProblem:
    """Something the provider would refuse or may not know, at the resource that has it."""

    urn: str
    path: str
    message: str
    is_note: bool
    position: SourcePosition | None

    def where(self) -> str:
        """File and line where they are known, else the resource."""
        return str(self.position) if self.position else self.urn


@dataclass
class Registered:
    """What the program told the monitor."""

    stack: Stack
    root_urn: str = ""
    problems: list[ProviderProblem] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    messages: list[str] = field(default_factory=list)
    dropped_messages: int = 0
    is_complete: bool = False
    marked: set[str] = field(default_factory=set)
    """What the program marks as secret, whether it reaches a resource or not."""
    files: set[str] = field(default_factory=set)
    """The program's own files that were loaded, as far as its runner tells of them."""
    notes: list[str] = field(default_factory=list)
    """What its runner says of how it ran."""
