"""Alerts on the way out of the network."""

from infra.monitoring.alert import Alert, Severity
from infra.monitoring.thresholds import Thresholds


def nat_alerts(thresholds: Thresholds, *, gateway: str, region: str) -> list[Alert]:
    """Returns the alerts on a Cloud NAT of that name."""
    return [
        Alert(
            name="NatPortsExhausted",
            severity=Severity.ERROR,
            expression=(
                "sum(increase(router_googleapis_com:nat_dropped_sent_packets_count"
                f'{{monitored_resource="nat_gateway",gateway_name="{gateway}",'
                f'region="{region}",reason="OUT_OF_RESOURCES"}}[15m]))'
                f" > {thresholds.nat_dropped_packets}"
            ),
            for_seconds=300,
            summary="Packets to the internet are dropped: NAT has no port for them.",
        )
    ]
