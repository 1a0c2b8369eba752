"""Alerts on Qdrant and its snapshots."""

from datetime import timedelta

from infra.compute.cloud_run_series import none_running, of_service
from infra.compute.job_alerts import executions
from infra.monitoring.alert import Alert, Severity, nothing_counted
from infra.monitoring.thresholds import Thresholds

_LONGEST_WAIT = timedelta(hours=12)


def service_alerts(thresholds: Thresholds, *, service: str, region: str) -> list[Alert]:
    """Returns the alerts on Qdrant as a service of Cloud Run."""
    labels = of_service(service, region)
    memory = f"run_googleapis_com:container_memory_utilizations_bucket{{{labels}}}"
    return [
        Alert(
            name="QdrantMemoryHigh",
            severity=Severity.ERROR,
            expression=(
                f"histogram_quantile(0.99, sum by (le) (rate({memory}[10m])))"
                f" > {thresholds.qdrant_memory_ratio}"
            ),
            for_seconds=600,
            summary="Qdrant's memory, which is its disk too, is nearly used up.",
        ),
        Alert(
            name="QdrantDown",
            severity=Severity.CRITICAL,
            expression=none_running(labels),
            for_seconds=60,
            summary="Qdrant does not run.",
        ),
    ]


def snapshot_old(*, job: str, region: str, period: timedelta) -> Alert:
    """Returns the alert on snapshots.

    Args:
        job: Name of the job that makes them.
        region: Where it runs.
        period: The longest time from one snapshot to the next.
    """
    # Two periods together: before the first snapshot of a new stack, the second has to pass, too.
    wait = min(period, _LONGEST_WAIT)
    window = 2 * period - wait
    succeeded = executions(f'job_name="{job}",result="succeeded"', region)
    return Alert(
        name="QdrantSnapshotOld",
        severity=Severity.ERROR,
        expression=nothing_counted(succeeded, f"{window // timedelta(minutes=1)}m"),
        for_seconds=wait // timedelta(seconds=1),
        summary="Qdrant's newest snapshot is older than two periods of its schedule.",
    )
