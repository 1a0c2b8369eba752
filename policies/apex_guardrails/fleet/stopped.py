"""A run that ends before its end."""

from __future__ import annotations

from apex_guardrails.support.errors import ApexError, ExitCode


class StoppedError(ApexError):
    """The run cannot go on; what was judged is kept."""

    exit_code = ExitCode.PROGRAM_FAILED
