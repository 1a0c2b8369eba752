"""What an alert is, and the expressions that several are made of.

Each component has the alerts on what it makes. Most look at Google's own metrics. In PromQL the
first slash of a metric's name is a colon and all else that is not a letter is an underscore; a
metric that several types of resources have must be told which one is meant (Cloud Monitoring,
"Mapping Cloud Monitoring metrics to PromQL", and its lists of metrics, April 2026). They arrive up
to four minutes late: nothing looks at the last minute alone.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import Enum
from typing import Self

from infra.monitoring.log_metrics import LogMetric


class Severity(Enum):
    """How soon somebody must look."""

    CRITICAL = "CRITICAL"
    """At once: data is being lost, or nothing works."""
    ERROR = "ERROR"
    """The same day: some of it does not work."""
    WARNING = "WARNING"
    """This week: it will not work, if it goes on like this."""


@dataclass(frozen=True, kw_only=True)
class Alert:
    """A condition that somebody is told of."""

    name: str
    """In camel case: a Prometheus label's value, and the name of its runbook."""
    severity: Severity
    expression: str
    """In PromQL. Every series that it yields is one incident."""
    for_seconds: int
    """How long it must hold before it counts."""
    summary: str
    """What has happened, in one sentence."""
    counts: LogMetric | None = None
    """What it looks at, where that has to be counted in the logs."""

    def changed(self, change: Callable[[str], str]) -> Self:
        """Returns it with another expression."""
        return replace(self, expression=change(self.expression))

    @property
    def runbook(self) -> str:
        """What to do about it: a file, from the repository's root."""
        return f"docs/runbooks/alerts/{self.name}.md"


def share_above(*, part: str, whole: str, threshold: float, minimum: float, by: str = "") -> str:
    """Returns an expression: of all events of a quarter of an hour, too many are of one kind.

    Args:
        part: The counter of these events.
        whole: The counter of all of them.
        threshold: The share, between 0 and 1, above which it holds.
        minimum: How many events there must be. Without it one failure out of one would be 100 %.
        by: The labels that are looked at one by one; "" for none.
    """
    those = f"sum by ({by}) (increase({part}[15m]))"
    everything = f"sum by ({by}) (increase({whole}[15m]))"
    return f"({those} / {everything} > {threshold}) and ({everything} >= {minimum})"


def nothing_counted(events: str, window: str) -> str:
    """Returns an expression: not one event in all of a time, or none ever.

    Args:
        events: The counter.
        window: The time, such as `15m`.
    """
    return f"(sum(increase({events}[{window}])) == 0) or sum(absent_over_time({events}[{window}]))"
