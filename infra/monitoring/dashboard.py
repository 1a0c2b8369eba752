"""What a dashboard is, wherever it is shown."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import Self

from infra.monitoring.thresholds import THRESHOLDS

LIMITS = THRESHOLDS["production"]
"""The lines in the charts; dev has some of them higher."""


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

    def changed(self, change: Callable[[str], str]) -> Self:
        """Returns it with other expressions."""
        return replace(
            self,
            rows=[
                replace(row, panels=[_changed(panel, change) for panel in row.panels])
                for row in self.rows
            ],
        )


def _changed(panel: Panel, change: Callable[[str], str]) -> Panel:
    queries = [replace(it, expression=change(it.expression)) for it in panel.queries]
    return replace(panel, queries=queries)


def one_query(
    title: str, unit: Unit, expression: str, legend: str, *, threshold: float | None = None
) -> Panel:
    """Returns a chart of one expression."""
    query = Query(expression=expression, legend=legend)
    return Panel(title=title, unit=unit, queries=[query], threshold=threshold)
