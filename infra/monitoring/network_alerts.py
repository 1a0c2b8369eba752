"""Alerts on the ways in and out: certificates, and NAT."""

from datetime import datetime

from infra.monitoring.alert import Alert, Severity
from infra.monitoring.thresholds import Thresholds
from infra.monitoring.watched import Watched


def network_alerts(thresholds: Thresholds, watched: Watched) -> list[Alert]:
    """Returns the alerts on the ways in and out."""
    return [
        Alert(
            name="ApiCertificateExpiring",
            severity=Severity.ERROR,
            expression=(
                "min by (host) (last_over_time("
                "monitoring_googleapis_com:uptime_check_time_until_ssl_cert_expires"
                f'{{monitored_resource="uptime_url",project_id="{watched.project}"}}[15m]))'
                f" < {thresholds.certificate_days}"
            ),
            for_seconds=900,
            summary="The API's certificate is about to expire, and has not been renewed.",
        ),
        Alert(
            name="NatPortsExhausted",
            severity=Severity.ERROR,
            expression=(
                "sum(increase(router_googleapis_com:nat_dropped_sent_packets_count"
                f'{{monitored_resource="nat_gateway",gateway_name="{watched.nat_gateway}",'
                f'region="{watched.region}",reason="OUT_OF_RESOURCES"}}[15m]))'
                f" > {thresholds.nat_dropped_packets}"
            ),
            for_seconds=300,
            summary="Packets to the internet are dropped: NAT has no port for them.",
        ),
        *(
            [_temporal_certificate(thresholds, watched, watched.temporal_certificate_end)]
            if watched.temporal_certificate_end
            else ()
        ),
    ]


def _temporal_certificate(thresholds: Thresholds, watched: Watched, end: datetime) -> Alert:
    """Returns the alert on a certificate that no metric tells of: its end is known when it is set.

    PromQL knows the time, and a condition wants a series: the uptime check's are always there, and
    count for nothing.
    """
    series = (
        "monitoring_googleapis_com:uptime_check_check_passed"
        f'{{monitored_resource="uptime_url",project_id="{watched.project}"}}'
    )
    days = f"({end.timestamp():.0f} - time()) / 86400"
    return Alert(
        name="TemporalCertificateExpiring",
        severity=Severity.ERROR,
        expression=(
            f"{days} + 0 * count(last_over_time({series}[15m]))"
            f" < {thresholds.temporal_certificate_days}"
        ),
        for_seconds=3600,
        summary="The client certificate for Temporal is about to expire.",
    )
