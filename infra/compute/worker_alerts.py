"""The alert on the ingestion worker itself; on its work: infra/compute/ingestion_alerts.py."""

from infra.compute.cloud_run_series import none_running, of_worker_pool
from infra.monitoring.alert import Alert, Severity


def worker_down(*, pool: str, region: str) -> Alert:
    """Returns the alert on a pool in which at least one worker always runs."""
    return Alert(
        name="WorkerDown",
        severity=Severity.CRITICAL,
        expression=none_running(of_worker_pool(pool, region)),
        for_seconds=60,
        summary="No worker runs.",
    )
