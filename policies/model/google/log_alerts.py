"""Alerts on what the audit logs say: a table of changes is a family of rules."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from policies.model import case
from policies.model.case import Case, CaseResource
from policies.model.complaint import Complaint
from policies.model.google.alerts import (
    ALERT,
    LOG_FILTER,
    METRICS,
    has_channel,
    is_on,
    watched,
)
from policies.model.policy import Rule, rule
from policies.model.resource import Resource
from policies.model.stack import Stack
from policies.model.value import UNKNOWN, Value
from policies.model.view import UndecidedError

METRIC = "gcp:logging/metric:Metric"


@dataclass(frozen=True, kw_only=True)
class Change:
    """A change that somebody must hear of.

    Attributes:
        words: what a filter names, all of it.
        kind: the type of monitored resource; a filter on it that names no method is enough.
    """

    id: str
    words: tuple[str, ...]
    kind: str = ""
    title: str
    why: str
    controls: tuple[str, ...]

    def is_covered(self, text: str) -> bool:
        """Whether a filter finds the change. Comparison in filters ignores case.

        Source: Cloud Logging documentation, "Logging query language", 2026-11.
        """
        text = text.lower()
        if self.kind and self.kind in text and "methodname" not in text:
            return True
        return all(word.lower() in text for word in self.words)


def log_alert_rules(module: str, changes: Iterable[Change]) -> list[Rule]:
    """The rules of a module about changes that raise an alert."""
    return [_rule(module, change) for change in changes]


def _rule(module: str, change: Change) -> Rule:
    def check(stack: Stack) -> Iterator[Complaint]:
        metrics, unknown = _metrics(stack, change)
        for alert in stack.of_type(ALERT):
            if not is_on(alert) or not has_channel(alert):
                continue
            filters = list(watched(alert, LOG_FILTER))
            if any(text is not UNKNOWN and change.is_covered(text) for text in filters):
                return
            if any(_is_about(alert, metric) for metric in metrics):
                return
            if UNKNOWN in (*filters, *watched(alert, *METRICS)):
                unknown = UndecidedError("conditions")
        if unknown is not None:
            raise unknown
        missing = "an alert with a channel on its log metric" if metrics else "a log metric"
        yield stack.fail(f"lacks {missing}")

    return rule(
        severity="medium",
        on=(METRIC, ALERT),
        scope="stack",
        controls=change.controls,
        fix="Create logging.Metric and a monitoring.AlertPolicy on it, with a channel.",
        # Such alerts are mostly in a stack of their own, for the whole organisation.
        level="disabled",
        module=module,
        id=change.id,
        title=change.title,
        why=change.why,
        cases=list(_cases(change)),
    )(check)


def _metrics(stack: Stack, change: Change) -> tuple[list[Resource], UndecidedError | None]:
    """The log metrics that count a change, and what is not known of another."""
    found, unknown = [], None
    for metric in stack.of_type(METRIC):
        try:
            if _finds(metric, change):
                found.append(metric)
        except UndecidedError as undecided:
            unknown = undecided
    return found, unknown


def _finds(metric: Resource, change: Change) -> bool:
    # Omitted: in force (Cloud Logging API, metrics, 2026-11).
    if metric.get("disabled", omitted=False) is True:
        return False
    return change.is_covered(str(metric.get("filter")))


def _is_about(alert: Resource, metric: Resource) -> bool:
    if metric in alert.referred("conditions", METRIC):
        return True
    name = metric.peek("name")
    return isinstance(name, str) and any(
        _names(text, name) for text in watched(alert, *METRICS) if text is not UNKNOWN
    )


def _names(text: Value, name: str) -> bool:
    return f"logging.googleapis.com/user/{name}" in text or f"googleapis_com:user_{name}" in text


def _cases(change: Change) -> Iterator[Case]:
    words = " OR ".join(f'protoPayload.methodName:"{word}"' for word in change.words)
    channel = ["projects/p/notificationChannels/1"]

    def metric(text: object = words, **inputs: object) -> CaseResource:
        return CaseResource(METRIC, {"name": "changes", "filter": text, **inputs}, "m")

    def alert(text: object, path: str = METRICS[0], **inputs: object) -> CaseResource:
        kind, name = path.split(".")
        condition = {"displayName": "c", kind: {name: text}}
        return CaseResource(
            ALERT, {"notificationChannels": channel, "conditions": [condition], **inputs}, "a"
        )

    of_user = 'metric.type="logging.googleapis.com/user/changes"'
    in_promql = "increase(logging_googleapis_com:user_changes[5m]) > 0"
    yield case.passes(metric(), alert(of_user))
    yield case.passes(metric(), alert(in_promql, METRICS[2]))
    yield case.passes(metric(), alert(case.output_of("m")))
    yield case.passes(metric(words.upper()), alert(of_user))
    yield case.passes(metric(disabled=False), alert(of_user))
    yield case.passes(metric(), alert(of_user, notificationChannels=[case.UNKNOWN]))
    yield case.passes(metric(case.UNKNOWN), metric(), alert(of_user))
    yield case.passes(metric(case.UNKNOWN), alert(words, LOG_FILTER))
    yield case.passes(alert(words, LOG_FILTER, enabled=True))
    yield case.passes(alert(case.UNKNOWN, LOG_FILTER), alert(words, LOG_FILTER))
    if change.kind:
        yield case.passes(metric(f'resource.type="{change.kind}"'), alert(of_user))
        yield case.fails(
            metric(f'resource.type="{change.kind}" methodName="other"'), alert(of_user)
        )
    yield case.fails(_outputs={})
    yield case.fails(metric())
    yield case.fails(alert(of_user))
    yield case.fails(metric('resource.type="other"'), alert(of_user))
    yield case.fails(CaseResource(METRIC, {"name": "changes"}), alert(of_user))
    yield case.fails(CaseResource(METRIC, {"filter": words}), alert(of_user))
    for index in range(len(change.words)):
        rest = [word for number, word in enumerate(change.words) if number != index]
        yield case.fails(metric(f"methodName={rest}"), alert(of_user))
    yield case.fails(metric(disabled=True), alert(of_user))
    yield case.fails(metric(), alert('metric.type="other"'))
    yield case.fails(metric(), alert(of_user, enabled=False))
    yield case.fails(metric(), alert(of_user, notificationChannels=[]))
    yield case.fails(alert(words, LOG_FILTER, enabled=False))
    yield case.fails(alert(words, LOG_FILTER, notificationChannels=[]))
    yield case.fails(alert('resource.type="other"', LOG_FILTER))
    yield case.undecided(metric(case.UNKNOWN), alert(of_user))
    yield case.undecided(metric(disabled=case.UNKNOWN), alert(of_user))
    yield case.undecided(metric(), alert(case.UNKNOWN, LOG_FILTER))
    yield case.undecided(metric(), alert(case.UNKNOWN))
