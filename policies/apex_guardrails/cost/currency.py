"""The currency that is billed in, by a rate of the settings."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Currency:
    """A currency.

    Attributes:
        code: by ISO 4217, such as EUR.
        rate: how much of it a US dollar is.
    """

    code: str
    rate: Decimal
