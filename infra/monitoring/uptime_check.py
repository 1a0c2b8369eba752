"""Whether the API can be reached from outside."""

from infra.monitoring.alert import Alert, Severity
from infra.monitoring.thresholds import Thresholds


def checks_passed(project: str) -> str:
    """Returns the series of the project's uptime checks: 1 for one that passed, else 0."""
    return f"monitoring_googleapis_com:uptime_check_check_passed{_of(project)}"


def uptime_alerts(thresholds: Thresholds, *, project: str) -> list[Alert]:
    """Returns the alerts on what the uptime checks of a project see."""
    certificate = (
        f"monitoring_googleapis_com:uptime_check_time_until_ssl_cert_expires{_of(project)}"
    )
    return [
        Alert(
            name="ApiUptimeCheckFailed",
            severity=Severity.CRITICAL,
            # One place that cannot reach it may be that place's trouble.
            expression=f"count by (host) (last_over_time({checks_passed(project)}[10m]) == 0) > 1",
            for_seconds=120,
            summary="The API's /health cannot be reached from several places in the world.",
        ),
        Alert(
            name="ApiCertificateExpiring",
            severity=Severity.ERROR,
            expression=(
                f"min by (host) (last_over_time({certificate}[15m]))"
                f" < {thresholds.certificate_days}"
            ),
            for_seconds=900,
            summary="The API's certificate is about to expire, and has not been renewed.",
        ),
    ]


def _of(project: str) -> str:
    return f'{{monitored_resource="uptime_url",project_id="{project}"}}'
