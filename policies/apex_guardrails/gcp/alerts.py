"""Alerting policies of Cloud Monitoring: what they watch, and whether anybody hears of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from apex_guardrails.gcp.inputs import Input
from apex_guardrails.model.resource import Resource
from apex_guardrails.model.value import UNKNOWN, Value

ENABLED = Input("enabled", omitted=True)
"""(The provider's default.)"""

LOG_FILTER = "conditionMatchedLog.filter"
"""Where a condition names the log entries that it is about, without a metric between."""

METRICS = (
    "conditionThreshold.filter",
    "conditionAbsent.filter",
    "conditionPrometheusQueryLanguage.query",
    "conditionMonitoringQueryLanguage.query",
)
"""Where a condition names its metric."""


def has_channel(alert: Resource) -> bool:
    """Whether an alert names a notification channel, known or not."""
    if alert.peek("notificationChannels") is UNKNOWN:
        return True
    return any(alert.paths("notificationChannels[]"))


def is_on(alert: Resource) -> bool:
    """Whether an alert is not switched off."""
    return ENABLED.peek(alert) is not False


def find_watched(alert: Resource, *paths: str) -> Iterator[Value]:
    """The texts at some paths of an alert's conditions; `UNKNOWN` for what is not known."""
    conditions = alert.peek("conditions", omitted=())
    if conditions is UNKNOWN:
        yield UNKNOWN
    if not isinstance(conditions, Sequence) or isinstance(conditions, str):
        return
    for index in range(len(conditions)):
        for path in paths:
            text = alert.peek(f"conditions[{index}].{path}")
            if text is UNKNOWN or isinstance(text, str):
                yield text
