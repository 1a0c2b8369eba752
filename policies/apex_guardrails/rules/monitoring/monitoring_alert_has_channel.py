"""Alert policies have a notification channel."""

from collections.abc import Iterator

from apex_guardrails.gcp.alerts import has_channel
from apex_guardrails.gcp.types import MONITORING_ALERT_POLICY
from apex_guardrails.model import Resource, Violation, case, rule


@rule(
    severity="high",
    on=MONITORING_ALERT_POLICY,
    fix="Set notification_channels=[channel.name].",
    level="advisory",
)
def monitoring_alert_has_channel(alert: Resource) -> Iterator[Violation]:
    """Without one, the alert fires and nobody is notified."""
    # Omitted: none; the incident is seen in the console alone (Cloud Monitoring API, 2026-11).
    if not has_channel(alert):
        yield alert.fail("notifies nobody", at="notificationChannels")


CASES = [
    case.passes(notificationChannels=["projects/p/notificationChannels/1"]),
    case.passes(notificationChannels=[case.UNKNOWN]),
    case.passes(notificationChannels=case.UNKNOWN),
    case.passes(notificationChannels=["", "projects/p/notificationChannels/1"]),
    case.fails(notificationChannels=[""]),
    case.fails(notificationChannels=[]),
    case.fails(),
]
