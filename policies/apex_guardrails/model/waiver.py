"""A waiver: a finding that somebody answers for, until a day."""

from __future__ import annotations

import re
from datetime import date
from fnmatch import fnmatchcase
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


def _day(value: Any) -> Any:
    # Pydantic would take a number for seconds since 1970.
    if isinstance(value, date):
        return value
    if isinstance(value, str) and _DAY.fullmatch(value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            raise ValueError(f"{value} is not a date") from None
    raise ValueError("expected a date such as 2027-01-31")


Day = Annotated[date, BeforeValidator(_day)]
"""A date as people write it in a file."""


class Waiver(BaseModel):
    """What `policy-pack.yaml` says of findings that are accepted for a while.

    It loads only with all that a reviewer signs: who answers for it, why, and until when.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    policy: Text = Field(description="The rule's id.")
    resource: Text = Field(
        description="Pattern for the resource's name, for type::name, or for the whole URN."
    )
    reason: Text = Field(description="Why the finding is accepted.")
    owner: Text = Field(description="Who is responsible for it.")
    expires: Day = Field(description="The last day on which it counts, such as 2027-01-31.")
    ticket: Text | None = Field(None, description="Where the work on it is tracked.")

    def covers(self, rule_id: str, urn: str) -> bool:
        """Whether it is about a rule's finding on a resource."""
        if rule_id != self.policy:
            return False
        if self.resource.startswith("urn:"):
            return fnmatchcase(urn, self.resource)
        kind, _, name = "::".join(urn.split("::")[2:]).partition("::")
        about = f"{kind.rpartition('$')[2]}::{name}" if "::" in self.resource else name
        return fnmatchcase(about, self.resource)

    def is_expired(self, today: date) -> bool:
        """Whether its last day is over."""
        return today > self.expires

    def __str__(self) -> str:
        return f"{self.policy} on {self.resource}"
