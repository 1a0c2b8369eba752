"""The alert on the client certificate for Temporal."""

from datetime import datetime

from infra.monitoring.alert import Alert, Severity
from infra.monitoring.thresholds import Thresholds
from infra.monitoring.uptime_check import checks_passed


def certificate_expiring(thresholds: Thresholds, *, end: datetime, project: str) -> Alert:
    """Returns the alert on a certificate that no metric tells of: its end is known when it is set.

    PromQL knows the time, and a condition wants a series: the uptime check's are always there, and
    count for nothing.
    """
    days = f"({end.timestamp():.0f} - time()) / 86400"
    return Alert(
        name="TemporalCertificateExpiring",
        severity=Severity.ERROR,
        expression=(
            f"{days} + 0 * count(last_over_time({checks_passed(project)}[15m]))"
            f" < {thresholds.temporal_certificate_days}"
        ),
        for_seconds=3600,
        summary="The client certificate for Temporal is about to expire.",
    )
