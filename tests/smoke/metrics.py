"""Reads a counter from Prometheus's text format, and tells whether it still counts."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field

_LABELS = r'(?:\{(?:[^"{}]|"(?:[^"\\]|\\.)*")*\})?'
_PROCESS = "process_start_time_seconds"
"""Every Prometheus client library exports it; it tells one instance of an API from another."""


def total(text: str, name: str) -> float | None:
    """Returns the sum of a metric over all its labels, or None where it is not there.

    The format is Prometheus's, "Exposition formats" (2026): one sample a line, with a timestamp at
    the end or without.
    """
    sample = re.compile(rf"[ \t]*{re.escape(name)}[ \t]*{_LABELS}[ \t]+(\S+)(?:[ \t]+-?\d+)?[ \t]*")
    found = [
        match[1] for line in text.split("\n") if (match := sample.fullmatch(line.rstrip("\r")))
    ]
    try:
        return math.fsum(map(float, found)) if found else None
    except (ValueError, OverflowError):
        return None


@dataclass
class Readings:
    """What a counter stood at; each instance of an API has one of its own."""

    name: str
    _first: dict[float | None, float] = field(default_factory=dict)

    def missing(self, text: str) -> str | None:
        """Takes one more reading, and returns what is wrong; None once the counter has grown."""
        now = total(text, self.name)
        instance = total(text, _PROCESS)
        first = self._first.setdefault(instance, now or 0.0)
        if now is not None and now > first:
            return None
        if now is None:
            return f"{self.name} is not among the metrics"
        return f"{self.name} stays at {now:g} while the API is searched"
