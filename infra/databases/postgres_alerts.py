"""Alerts on PostgreSQL.

The series are Cloud SQL's own (infra/monitoring/alert.py).
"""

from infra.monitoring.alert import Alert, Severity
from infra.monitoring.log_metrics import LogMetric
from infra.monitoring.thresholds import Thresholds


def postgres_alerts(
    thresholds: Thresholds, *, database_id: str, backup_failed: LogMetric
) -> list[Alert]:
    """Returns the alerts on an instance.

    Args:
        thresholds: Where they begin.
        database_id: `<project>:<instance>`, as Cloud SQL's metrics name it.
        backup_failed: Counts the backups that failed.
    """
    selector = f'{{database_id="{database_id}"}}'

    def series(name: str) -> str:
        return f"cloudsql_googleapis_com:database_{name}{selector}"

    return [
        Alert(
            name="PostgresCpuHigh",
            severity=Severity.WARNING,
            expression=f"{series('cpu_utilization')} > {thresholds.postgres_cpu_ratio}",
            for_seconds=900,
            summary="PostgreSQL's processors are busy.",
        ),
        Alert(
            name="PostgresMemoryHigh",
            severity=Severity.WARNING,
            expression=f"{series('memory_utilization')} > {thresholds.postgres_memory_ratio}",
            for_seconds=900,
            summary="PostgreSQL's memory is nearly used up.",
        ),
        Alert(
            name="PostgresDiskHigh",
            severity=Severity.ERROR,
            expression=f"{series('disk_utilization')} > {thresholds.postgres_disk_ratio}",
            for_seconds=1800,
            summary="PostgreSQL's disk is nearly full, and has not grown by itself.",
        ),
        Alert(
            name="PostgresConnectionsHigh",
            severity=Severity.ERROR,
            expression=(
                f"sum({series('postgresql_num_backends')}) > {thresholds.postgres_connections}"
            ),
            for_seconds=300,
            summary="PostgreSQL has nearly as many connections as it takes.",
        ),
        Alert(
            name="PostgresDown",
            severity=Severity.CRITICAL,
            expression=(
                f"(max_over_time({series('up')}[5m]) == 0) or absent_over_time({series('up')}[15m])"
            ),
            for_seconds=60,
            summary="PostgreSQL does not run.",
        ),
        Alert(
            name="PostgresBackupFailed",
            severity=Severity.ERROR,
            expression=(
                f"sum(increase({backup_failed.series}"
                '{monitored_resource="cloudsql_database",'
                f'database_id="{database_id}"}}[1d])) > 0'
            ),
            for_seconds=60,
            summary="Cloud SQL could not make its daily backup.",
            counts=backup_failed,
        ),
    ]


def backup_failed(name: str) -> LogMetric:
    """Returns what counts the backups of the project's instances that failed.

    An attempt that failed is made again within the window (Cloud SQL, "View audit logs for
    automated backups", 2026).
    """
    return LogMetric(
        name=name,
        description="Windows that ended without an automated backup of PostgreSQL.",
        filter=(
            'resource.type="cloudsql_database"'
            ' AND log_id("cloudaudit.googleapis.com/system_event")'
            ' AND protoPayload.methodName="cloudsql.instances.automatedBackup"'
            ' AND protoPayload.metadata.windowStatus="STATUS_FAILED"'
        ),
    )
