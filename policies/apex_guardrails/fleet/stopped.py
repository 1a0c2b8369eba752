"""A run that ends before its end."""

from __future__ import annotations

from typing import Final

from apex_guardrails.support.errors import ApexError, ExitCode, UsageError

KEPT: Final = "what was judged is kept: run the same again with --resume"


class StoppedError(ApexError):
    """The run cannot go on; what was judged is kept."""

    exit_code = ExitCode.PROGRAM_FAILED


class UnwritableError(UsageError):
    """The results cannot be written."""
