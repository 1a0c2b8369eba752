"""What settings say that a machine or a database needs."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from apex_guardrails.cost.usage import no_truth

_Amount = Annotated[Decimal, Field(gt=0, le=10**5, allow_inf_nan=False), BeforeValidator(no_truth)]


class Needs(BaseModel):
    """What is enough for it, at its busiest."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    vcpus: _Amount = Field(description="vCPUs that are enough.")
    memory_gib: _Amount = Field(description="GiB of memory that are enough.")

    @property
    def text(self) -> str:
        """In words."""
        return f"the {self.vcpus:f} vCPUs and {self.memory_gib:f} GiB that settings say it needs"
