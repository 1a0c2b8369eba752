"""What went wrong, in words for the operator, and the exit code that says which kind it is."""

from enum import IntEnum


class Exit(IntEnum):
    """Exit codes of the operators' commands."""

    DONE = 0
    """The step is done, or there was nothing to do."""
    REFUSED = 1
    """A gate or the policy pack refused it; a release was rolled back, and nothing else changed."""
    NOT_JUDGED = 2
    """Wrong usage or configuration, or a gate that could not be asked. Nothing changed."""
    FAILED = 3
    """The deployment failed half way. The same command again goes on where it stopped."""
    NOT_YET = 4
    """It is too early, or another operation is under way. Nothing changed."""


class OperationError(Exception):
    """An operation cannot be done.

    Attributes:
        exit: The exit code.
    """

    def __init__(self, message: str, exit: Exit = Exit.NOT_JUDGED) -> None:  # noqa: A002 - what it is
        super().__init__(message)
        self.exit = exit
