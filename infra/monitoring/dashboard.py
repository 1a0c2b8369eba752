"""What a dashboard is, wherever it is shown."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum


class Unit(Enum):
    """What a panel's axis counts: its name in Cloud Monitoring (UCUM), and in Grafana."""

    COUNT = ("1", "short")
    PER_SECOND = ("1/s", "ops")
    PER_MINUTE = ("1/min", "opm")
    SHARE = ("10^2.%", "percentunit")
    SECONDS = ("s", "s")
    MILLISECONDS = ("ms", "ms")
    BYTES = ("By", "bytes")

    @property
    def ucum(self) -> str:
        """As Cloud Monitoring writes it."""
        return str(self.value[0])

    @property
    def grafana(self) -> str:
        """As Grafana writes it."""
        return str(self.value[1])


@dataclass(frozen=True, kw_only=True)
class Query:
    """One line, or one for each combination of labels that the expression leaves."""

    expression: str
    """In PromQL."""
    legend: str
    """What a line is called; `{{label}}` stands for a label's value."""


@dataclass(frozen=True, kw_only=True)
class Panel:
    """One chart."""

    title: str
    unit: Unit
    queries: Sequence[Query]
    threshold: float | None = None
    """Where an alert begins, drawn as a line."""


@dataclass(frozen=True, kw_only=True)
class Row:
    """Panels side by side, under a heading."""

    title: str
    panels: Sequence[Panel]


@dataclass(frozen=True, kw_only=True)
class Dashboard:
    """Rows of panels."""

    name: str
    """In lower case, with hyphens: its file's, and its id in Grafana."""
    title: str
    rows: Sequence[Row]
