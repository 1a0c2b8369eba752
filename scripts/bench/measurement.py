"""A figure and its limit."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
RUNS = 7
"""How often each thing is measured; the median counts."""


@dataclass(frozen=True)
class Measurement:
    """One figure and its limit."""

    what: str
    value: float
    limit: float
    unit: str
    detail: str

    def __str__(self) -> str:
        verdict = "ok" if self.value <= self.limit else "TOO MUCH"
        return (
            f"{verdict:9}{self.what:62}{self.value:9.2f} {self.unit:3} "
            f"(limit {self.limit:g}; {self.detail})"
        )
