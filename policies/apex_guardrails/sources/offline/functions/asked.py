"""A function's call: its arguments, and what config says of where it asks."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from apex_guardrails.model.value import Value

NO_NUMBER = "0" * 12
"""Stands in for a project's number, which config does not have and service agents are named by."""


class ArgumentError(Exception):
    """What the function's provider would refuse, in a sentence."""


@dataclass(frozen=True)
class Asked:
    """One call.

    Attributes:
        config: the stack's, by full key.
        folder: what paths in arguments are seen from.
    """

    token: str
    arguments: Mapping[str, Value]
    config: Mapping[str, str]
    folder: Path = Path()

    def text(self, name: str) -> str:
        """An argument that is a text; "" where it is not given."""
        value = self.arguments.get(name)
        return value if isinstance(value, str) else ""

    def or_config(self, name: str) -> str:
        """The argument, or what the provider's configuration has for it; "" for neither."""
        return self.text(name) or self.config.get(f"gcp:{name}", "")

    @property
    def project(self) -> str:
        """The project's id."""
        return self.or_config("project")

    @property
    def key(self) -> str:
        """The same for the same call."""
        return f"{self.token} {json.dumps(self.arguments, sort_keys=True, default=str)}"
