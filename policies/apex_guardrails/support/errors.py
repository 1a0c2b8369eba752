"""What can go wrong outside the judgement itself, and the exit code of each."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from typing import Final


class ExitCode(enum.IntEnum):
    """The exit codes of `apex`."""

    OK = 0
    VIOLATION = 1
    USAGE = 2
    PROGRAM_FAILED = 3
    PACK_FAILED = 4
    OVER_BUDGET = 5
    INTERRUPTED = 130
    TERMINATED = 143


WORST_FIRST: Final = (
    ExitCode.USAGE,
    ExitCode.PACK_FAILED,
    ExitCode.PROGRAM_FAILED,
    ExitCode.VIOLATION,
    ExitCode.OVER_BUDGET,
)
"""In which order codes count where several stacks are judged: what was not judged comes first."""


def worst(codes: Iterable[ExitCode]) -> ExitCode:
    """The one exit code of several stacks."""
    found = set(codes)
    return next((code for code in WORST_FIRST if code in found), ExitCode.OK)


def as_shown(message: str) -> str:
    """A message as it stands on standard error; what is indented belongs to the line above it."""
    return "".join(
        f"{line}\n" if line[:1].isspace() else f"apex: {line}\n" for line in message.splitlines()
    )


class Interruption(SystemExit):
    """A signal ends `apex`; what asks code of a team's own and holds back its errors lets it by."""


class ApexError(Exception):
    """Something a user can put right. The message is one or two lines: what, where, what next."""

    exit_code = ExitCode.USAGE


class UsageError(ApexError):
    """Wrong usage, or a file that is missing or invalid; nothing was judged."""


class ProgramError(ApexError):
    """The program under judgement failed."""

    exit_code = ExitCode.PROGRAM_FAILED


class PackError(ApexError):
    """The pack itself is broken, and so judges nothing."""

    exit_code = ExitCode.PACK_FAILED


class OwnRulesError(PackError):
    """Rules of a team's own that cannot be used: it must not be judged with fewer than there are.

    Unlike another defect of the pack it goes away when a file that the team keeps is changed.
    """
