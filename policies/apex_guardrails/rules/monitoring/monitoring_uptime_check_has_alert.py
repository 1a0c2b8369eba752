"""Each uptime check has an alert policy."""

from collections.abc import Iterator
from typing import Any

from apex_guardrails.gcp.alerts import METRICS, find_watched, is_on
from apex_guardrails.gcp.types import MONITORING_ALERT_POLICY, MONITORING_UPTIME_CHECK_CONFIG
from apex_guardrails.model import UNKNOWN, Stack, UndecidedError, Violation, case, rule

# The metric, as filters and MQL write it and as PromQL does (Cloud Monitoring documentation,
# "Alert on uptime checks" and "Mapping Cloud Monitoring metric names to PromQL", 2026-11).
FAILED = ("uptime_check/check_passed", "uptime_check_check_passed")


@rule(
    severity="high",
    on=(MONITORING_UPTIME_CHECK_CONFIG, MONITORING_ALERT_POLICY),
    scope="stack",
    fix="Add an AlertPolicy on uptime_check/check_passed.",
    level="advisory",
)
def monitoring_uptime_check_has_alert(stack: Stack) -> Iterator[Violation]:
    """Without one, the check fails silently."""
    checks = {check.urn: check for check in stack.of_type(MONITORING_UPTIME_CHECK_CONFIG)}
    unknown: UndecidedError | None = None
    for alert in stack.of_type(MONITORING_ALERT_POLICY) if checks else ():
        if not is_on(alert):
            continue
        texts = list(find_watched(alert, *METRICS))
        named = list(alert.referred("conditions", MONITORING_UPTIME_CHECK_CONFIG))
        is_found = any(text is not UNKNOWN and _is_about_checks(text) for text in texts)
        if named and (is_found or UNKNOWN in texts):
            for check in named:
                checks.pop(check.urn, None)
        elif is_found:
            return  # it names no check: it is about all of them
        elif UNKNOWN in texts:
            unknown = UndecidedError("conditions")
    if checks and unknown is not None:
        raise unknown  # it may be about them
    for check in checks.values():
        yield check.fail("fails without an alert")


def _is_about_checks(text: str) -> bool:
    return any(metric in text for metric in FAILED)


def _alert(query: object, path: str = METRICS[0], **inputs: Any) -> case.CaseResource:
    kind, name = path.split(".")
    return case.resource(
        MONITORING_ALERT_POLICY, conditions=[{"displayName": "down", kind: {name: query}}], **inputs
    )


A, B = (
    case.resource(MONITORING_UPTIME_CHECK_CONFIG, "a", displayName="a"),
    case.resource(MONITORING_UPTIME_CHECK_CONFIG, "b", displayName="b"),
)
FILTER = 'metric.type="monitoring.googleapis.com/uptime_check/check_passed"'
PROMQL = "monitoring_googleapis_com:uptime_check_check_passed == 0"
CASES = [
    case.passes(_outputs={}),
    case.passes(_alert("metric.type=1")),
    case.passes(A, B, _alert(FILTER)),
    case.passes(A, _alert(FILTER, METRICS[1])),
    case.passes(A, _alert(PROMQL, METRICS[2])),
    case.passes(A, _alert(f"fetch uptime_url::{FILTER}", METRICS[3])),
    case.passes(A, _alert(FILTER, enabled=True)),
    case.passes(A, _alert(FILTER, enabled=case.UNKNOWN)),
    case.passes(A, _alert(case.output_of("a"))),
    case.passes(A, B, _alert("metric.type=1"), _alert(FILTER)),
    case.passes(A, B, _alert(case.UNKNOWN), _alert(FILTER)),
    case.passes(A, B, _alert(case.output_of("a")), _alert(case.output_of("b"))),
    case.fails(A, B, _alert(case.output_of("a"))),
    case.fails(A, B, _alert(case.output_of("b"))),
    case.fails(A),
    case.fails(A, _alert(FILTER, enabled=False)),
    case.fails(A, _alert(case.output_of("a"), enabled=False)),
    case.fails(A, _alert("metric.type=1")),
    case.fails(A, case.resource(MONITORING_ALERT_POLICY, conditions=[])),
    case.fails(A, case.resource(MONITORING_ALERT_POLICY)),
    # It names the check, but is about something else.
    case.fails(
        A,
        case.resource(
            MONITORING_ALERT_POLICY,
            conditions=[
                {"displayName": case.output_of("a"), "conditionThreshold": {"filter": "m=1"}}
            ],
        ),
    ),
    case.undecided(A, _alert(case.UNKNOWN)),
    case.undecided(A, case.resource(MONITORING_ALERT_POLICY, conditions=case.UNKNOWN)),
    case.undecided(A, B, _alert(case.output_of("a")), _alert(case.UNKNOWN)),
]
