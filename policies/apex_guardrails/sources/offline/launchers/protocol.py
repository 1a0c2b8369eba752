"""What a launcher is: how programs in one language are started, and what they need for it."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from apex_guardrails.sources.offline.project import Project


@dataclass(frozen=True, slots=True)
class Preparation:
    """A command that makes a program, and is none of it: it has its own time and environment.

    Attributes:
        arguments: the command; what it writes to standard error is why it failed.
        folder: where it is run.
        variables: what is set for it besides the environment that every program gets.
        seconds: that it may take.
        what: what is made, such as "the Go program in infra".
        is_quick: whether nobody needs to be told that it will take a while.
    """

    arguments: Sequence[str]
    folder: Path
    variables: Mapping[str, str]
    seconds: float
    what: str
    is_quick: bool


@dataclass(frozen=True, slots=True)
class Command:
    """A program to be started, in the folder of the project.

    Attributes:
        arguments: the program and its arguments.
        variables: what is set for it besides the environment that every program gets.
        preparation: what has to succeed before.
    """

    arguments: Sequence[str]
    variables: Mapping[str, str] = field(default_factory=dict)
    preparation: Preparation | None = None


@dataclass(frozen=True, slots=True)
class Installation:
    """A command that brings what is missing; run only where the user asks for it."""

    arguments: Sequence[str]
    folder: Path

    def __str__(self) -> str:
        """What a user types, wherever the shell is."""
        return f"cd {shlex.quote(str(self.folder))} && {shlex.join(self.arguments)}"


@dataclass(frozen=True, slots=True)
class Need:
    """Something without which a program cannot be run.

    Attributes:
        name: such as "Python" or "node_modules".
        found: where it is, with its version where that is known; `None` where it is missing.
        how_to_get: what the user does where it is missing and no command of ours brings it; begins
            in lower case, without an end.
        installation: the commands that bring it, in order.
    """

    name: str
    found: str | None
    how_to_get: str = ""
    installation: Sequence[Installation] = ()

    def remedy(self) -> str:
        """What brings it, for people."""
        return self.how_to_get or " && ".join(map(str, self.installation))


class Launcher(Protocol):
    """A module of this folder, one for each language."""

    def command(self, project: Project) -> Command:
        """Starts a program that reads `process.instructions` from its standard input, one line.

        Raises:
            UsageError: something that it needs is missing, or there is no program.
        """
        ...

    def needs(self, project: Project) -> Sequence[Need]:
        """What a program needs, found or missing; nothing is changed, and no error is raised."""
        ...
