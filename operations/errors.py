"""What went wrong, in words for the operator, and the exit code that says which kind it is."""

from enum import IntEnum


class Exit(IntEnum):
    """Exit codes of the operators' commands."""

    DONE = 0
    """The step is done, or there was nothing to do."""
    REFUSED = 1
    """The policy pack refused, and nothing was changed; or a gate did, and the release was rolled
    back."""
    NOT_JUDGED = 2
    """Wrong usage or configuration, or a gate that could not be asked. Nothing was changed."""
    FAILED = 3
    """A deployment failed half way: see what it says."""
    NOT_YET = 4
    """It is too early. Nothing was changed; the same command will do it later."""
    BUSY = 5
    """Another operation is under way, or has been in between. Nothing was changed."""


class OperationError(Exception):
    """An operation cannot be done.

    Attributes:
        exit: The exit code.
    """

    def __init__(self, message: str, exit: Exit = Exit.NOT_JUDGED) -> None:  # noqa: A002 - what it is
        super().__init__(message)
        self.exit = exit
