"""Alerts on the API.

The series are Cloud Run's own. The uptime check says whether the API can be reached from outside
(infra/monitoring/uptime_check.py).
"""

from infra.compute.cloud_run_series import of_service
from infra.monitoring.alert import Alert, Severity, share_above
from infra.monitoring.thresholds import Thresholds


def api_alerts(thresholds: Thresholds, *, service: str, region: str) -> list[Alert]:
    """Returns the alerts on a service of that name."""
    labels = of_service(service, region)
    requests = "run_googleapis_com:request_count"
    latencies = "run_googleapis_com:request_latencies"
    return [
        Alert(
            name="ApiErrorRateHigh",
            severity=Severity.CRITICAL,
            expression=share_above(
                part=f'{requests}{{{labels},response_code_class="5xx"}}',
                whole=f"{requests}{{{labels}}}",
                threshold=thresholds.api_error_ratio,
                minimum=thresholds.minimum_count,
            ),
            for_seconds=300,
            summary="The API answers too many requests with an error of its own.",
        ),
        Alert(
            name="ApiLatencyHigh",
            severity=Severity.WARNING,
            expression=(
                "(histogram_quantile(0.95,"
                f" sum by (le) (rate({latencies}_bucket{{{labels}}}[15m])))"
                f" > {thresholds.api_latency_p95_milliseconds})"
                f" and (sum(increase({latencies}_count{{{labels}}}[15m]))"
                f" >= {thresholds.minimum_count})"
            ),
            for_seconds=600,
            summary="The API answers slowly.",
        ),
    ]
