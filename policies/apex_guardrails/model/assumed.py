"""What a source assumed to be able to run a program."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class AssumedAnswer:
    """A call of a function whose answer nobody here knows.

    Attributes:
        arguments: as JSON.
    """

    token: str
    arguments: str
