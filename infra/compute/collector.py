"""What takes the workers' metrics to Cloud Monitoring.

Google documents its Prometheus sidecar for services only; docs/adr/0005 says why this is its
OpenTelemetry collector.
"""

from pathlib import Path

import pulumi

from infra.compute.workload import Sidecar

METRICS_PORT = 9091
"""Where a worker has its Prometheus metrics, on /metrics."""

ROLES = ("roles/monitoring.metricWriter",)
"""What the identity that the collector runs as needs in the project."""

_CONFIG = Path(__file__).with_name("collector.yaml")
_HEALTH_PORT = 13133


def collector(image: pulumi.Input[str], region: str, pool: str) -> Sidecar:
    """Returns the collector, as a container beside a worker.

    Args:
        image: The Google-built OpenTelemetry collector.
        region: Where the worker is, and its series will be.
        pool: The worker pool's name: its series have it as `job` and `namespace`.
    """
    return Sidecar(
        name="collector",
        image=image,
        # A worker pool's container has one at least (Cloud Run, "Configure CPU limits for worker
        # pools", 2026).
        cpu="1",
        memory="512Mi",
        arguments=["--config=env:COLLECTOR_CONFIG"],
        environment={
            "COLLECTOR_CONFIG": _CONFIG.read_text(encoding="utf-8").replace('"@POOL@"', pool),
            "METRICS_PORT": str(METRICS_PORT),
            "REGION": region,
        },
        health_port=_HEALTH_PORT,
    )
