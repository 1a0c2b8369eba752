"""Every alert that some stack can have, as if Qdrant ran in both ways at once."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from infra.compute import job_alerts
from infra.compute.api_alerts import api_alerts
from infra.compute.ingestion_alerts import ingestion_alerts
from infra.compute.temporal_alerts import certificate_expiring
from infra.compute.worker_alerts import worker_down
from infra.databases.neo4j import neo4j_alerts
from infra.databases.postgres_alerts import backup_failed, postgres_alerts
from infra.databases.qdrant.alerts import service_alerts, snapshot_old
from infra.databases.redis_alerts import redis_alerts
from infra.databases.vm import machine_alerts
from infra.monitoring import Alert, Thresholds
from infra.monitoring.uptime_check import uptime_alerts
from infra.networking.alerts import nat_alerts

# The two hours of a scenario begin with 1970.
CERTIFICATE_END = datetime(1970, 1, 31, 0, 30, tzinfo=UTC)


def infrastructure_alerts(
    thresholds: Thresholds,
    *,
    project: str = "a-project",
    region: str = "us-central1",
    period: timedelta = timedelta(minutes=30),
    certificate_end: datetime = CERTIFICATE_END,
) -> Iterator[Alert]:
    """Yields the alerts on all but the ingestion.

    Args:
        thresholds: Where they begin.
        project: Id of the project.
        region: Where everything is.
        period: The longest time from one snapshot of Qdrant to the next.
        certificate_end: When the client certificate for Temporal ends.
    """
    yield from postgres_alerts(
        thresholds,
        database_id=f"{project}:postgres",
        backup_failed=backup_failed("postgres_backup_failed"),
    )
    yield from redis_alerts(thresholds, instance="redis")
    yield from neo4j_alerts(thresholds, machine="neo4j")
    yield from machine_alerts(thresholds, "Qdrant", "qdrant")
    yield from service_alerts(thresholds, service="qdrant", region=region)
    yield snapshot_old(job="qdrant-snapshot", region=region, period=period)
    yield from api_alerts(thresholds, service="apex-api", region=region)
    yield worker_down(pool="apex-worker", region=region)
    yield from job_alerts(region)
    yield from uptime_alerts(thresholds, project=project)
    yield certificate_expiring(thresholds, end=certificate_end, project=project)
    yield from nat_alerts(thresholds, gateway="apex-memory-nat", region=region)


def all_alerts(thresholds: Thresholds, *, period: timedelta = timedelta(minutes=30)) -> list[Alert]:
    """Returns every alert, where workers always run."""
    return [
        *ingestion_alerts(thresholds, workers=True),
        *infrastructure_alerts(thresholds, period=period),
    ]
