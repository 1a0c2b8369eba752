"""What a CI system says of a job in environment variables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from apex_guardrails.support.errors import UsageError


@dataclass(frozen=True)
class Variables:
    """The variables of a job.

    Attributes:
        values: by name.
        host: whose job it should be, as people call it.
        option: what `--to` calls it.
    """

    values: Mapping[str, str]
    host: str
    option: str

    def get(self, name: str, default: str = "") -> str:
        """A variable's value; the default where it is not set, or empty."""
        return self.values.get(name) or default

    def needed(self, name: str) -> str:
        """The same, of one that a job has.

        Raises:
            UsageError: it is not there.
        """
        value = self.get(name)
        if not value:
            raise UsageError(
                f"{name} is not set: `apex comment --to {self.option}` runs in a job of "
                f"{self.host}, which sets it; elsewhere set it yourself (docs/ci.md)"
            )
        return value

    def token(self, name: str, how: str) -> str:
        """The token; it is taken from nowhere else.

        Raises:
            UsageError: it is not there, or would be more than a header's value.
        """
        value = self.get(name).strip()
        if not value:
            raise UsageError(f"{name} is not set: {how}")
        if not (value.isascii() and value.isprintable()):
            raise UsageError(f"{name} is no token: it has characters that none has")
        return value
