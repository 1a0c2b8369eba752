"""Alerts on what the audit logs say: a table of changes is a family of rules."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from apex_guardrails.gcp.alerts import LOG_FILTER, METRICS, find_watched, has_channel, is_on
from apex_guardrails.gcp.types import LOGGING_METRIC, MONITORING_ALERT_POLICY
from apex_guardrails.model import case
from apex_guardrails.model.case import Case, CaseResource
from apex_guardrails.model.policy import Check
from apex_guardrails.model.resource import Resource
from apex_guardrails.model.stack import Stack
from apex_guardrails.model.value import UNKNOWN, Value
from apex_guardrails.model.view import UndecidedError
from apex_guardrails.model.violation import Violation
from apex_guardrails.rules.families.table import RuleTable


@dataclass(frozen=True)
class LogChange:
    """A change that somebody must hear of.

    Attributes:
        words: what a filter names, all of it.
        kind: the type of monitored resource; a filter on it that names no method is enough.
    """

    words: tuple[str, ...]
    kind: str = ""

    def is_covered(self, text: str) -> bool:
        """Whether a filter finds the change. Comparison in filters ignores case.

        Source: Cloud Logging documentation, "Logging query language", 2026-11.
        """
        text = text.lower()
        if self.kind and self.kind in text and "methodname" not in text:
            return True
        return all(word.lower() in text for word in self.words)


def _check(change: LogChange) -> Check:
    def check(stack: Stack) -> Iterator[Violation]:
        metrics, unknown = _metrics(stack, change)
        for alert in stack.of_type(MONITORING_ALERT_POLICY):
            if not is_on(alert) or not has_channel(alert):
                continue
            filters = list(find_watched(alert, LOG_FILTER))
            if any(text is not UNKNOWN and change.is_covered(text) for text in filters):
                return
            if any(_is_about(alert, metric) for metric in metrics):
                return
            if UNKNOWN in (*filters, *find_watched(alert, *METRICS)):
                unknown = UndecidedError("conditions")
        if unknown is not None:
            raise unknown
        missing = "an alert with a channel on its log metric" if metrics else "a log metric"
        yield stack.fail(f"lacks {missing}")

    return check


def _metrics(stack: Stack, change: LogChange) -> tuple[list[Resource], UndecidedError | None]:
    """The log metrics that count a change, and what is not known of another."""
    found, unknown = [], None
    for metric in stack.of_type(LOGGING_METRIC):
        try:
            if _finds(metric, change):
                found.append(metric)
        except UndecidedError as undecided:
            unknown = undecided
    return found, unknown


def _finds(metric: Resource, change: LogChange) -> bool:
    # Omitted: in force (Cloud Logging API, metrics, 2026-11).
    if metric.get("disabled", omitted=False) is True:
        return False
    return change.is_covered(str(metric.get("filter")))


def _is_about(alert: Resource, metric: Resource) -> bool:
    if metric in alert.referred("conditions", LOGGING_METRIC):
        return True
    name = metric.peek("name")
    return isinstance(name, str) and any(
        _names(text, name) for text in find_watched(alert, *METRICS) if text is not UNKNOWN
    )


def _names(text: Value, name: str) -> bool:
    return f"logging.googleapis.com/user/{name}" in text or f"googleapis_com:user_{name}" in text


OF_USER = 'metric.type="logging.googleapis.com/user/changes"'
IN_PROMQL = "increase(logging_googleapis_com:user_changes[5m]) > 0"


def _metric(text: object, **inputs: object) -> CaseResource:
    return CaseResource(LOGGING_METRIC, {"name": "changes", "filter": text, **inputs}, "m")


def _alert(text: object, path: str = METRICS[0], **inputs: object) -> CaseResource:
    kind, name = path.split(".")
    given = {
        "notificationChannels": ["projects/p/notificationChannels/1"],
        "conditions": [{"displayName": "c", kind: {name: text}}],
    }
    return CaseResource(MONITORING_ALERT_POLICY, {**given, **inputs}, "a")


def _named(words: Iterable[str]) -> str:
    return " OR ".join(f'protoPayload.methodName:"{word}"' for word in words)


def _own_cases(change: LogChange) -> Iterator[Case]:
    """Those of a change's words and kind, and one each of all else that the rule needs."""
    words, alert = _named(change.words), _alert(OF_USER)
    yield case.passes(_metric(words), alert)
    if change.kind:
        yield case.passes(_metric(f'resource.type="{change.kind}"'), alert)
        yield case.fails(_metric(f'resource.type="{change.kind}" methodName="other"'), alert)
    for index in range(len(change.words)):
        rest = [word for number, word in enumerate(change.words) if number != index]
        yield case.fails(_metric(f"methodName={rest}"), alert)
    yield case.fails(_outputs={})
    yield case.fails(CaseResource(LOGGING_METRIC, {"name": "changes"}), alert)
    yield case.fails(_metric(words, disabled=True), alert)
    yield case.undecided(_metric(case.UNKNOWN), alert)
    yield case.undecided(_metric(words, disabled=case.UNKNOWN), alert)


def _all_cases(change: LogChange) -> Iterator[Case]:
    words = _named(change.words)
    metric, alert = _metric(words), _alert(OF_USER)
    yield from _own_cases(change)
    yield case.passes(metric, _alert(IN_PROMQL, METRICS[2]))
    yield case.passes(metric, _alert(case.output_of("m")))
    yield case.passes(_metric(words.upper()), alert)
    yield case.passes(_metric(words, disabled=False), alert)
    yield case.passes(metric, _alert(OF_USER, notificationChannels=[case.UNKNOWN]))
    yield case.passes(_metric(case.UNKNOWN), metric, alert)
    yield case.passes(_metric(case.UNKNOWN), _alert(words, LOG_FILTER))
    yield case.passes(_alert(words, LOG_FILTER, enabled=True))
    yield case.passes(_alert(case.UNKNOWN, LOG_FILTER), _alert(words, LOG_FILTER))
    yield case.fails(metric)
    yield case.fails(alert)
    yield case.fails(_metric('resource.type="other"'), alert)
    yield case.fails(CaseResource(LOGGING_METRIC, {"filter": words}), alert)
    yield case.fails(metric, _alert('metric.type="other"'))
    yield case.fails(metric, _alert(OF_USER, enabled=False))
    yield case.fails(metric, _alert(OF_USER, notificationChannels=[]))
    yield case.fails(_alert(words, LOG_FILTER, enabled=False))
    yield case.fails(_alert(words, LOG_FILTER, notificationChannels=[]))
    yield case.fails(_alert('resource.type="other"', LOG_FILTER))
    yield case.undecided(metric, _alert(case.UNKNOWN, LOG_FILTER))
    yield case.undecided(metric, _alert(case.UNKNOWN))


LOG_ALERTS = RuleTable(
    on=(LOGGING_METRIC, MONITORING_ALERT_POLICY),
    check=_check,
    fix="Create logging.Metric and a monitoring.AlertPolicy on it, with a channel.",
    scope="stack",
    cases=_all_cases,
    own_cases=_own_cases,
)
"""Rules about changes that raise an alert."""
