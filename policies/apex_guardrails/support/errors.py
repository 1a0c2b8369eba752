"""What can go wrong outside the judgement itself, and the exit code of each."""

from __future__ import annotations

import enum


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
