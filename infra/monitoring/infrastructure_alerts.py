"""Alerts on what the ingestion and the API run on, and store things in.

Their metrics are Google's own. In PromQL the first slash of a metric's name is a colon and all else
that is not a letter is an underscore; a metric that several types of resources have must be told
which one is meant (Cloud Monitoring, "Mapping Cloud Monitoring metrics to PromQL", and its lists of
metrics, April 2026). They arrive up to four minutes late: nothing looks at the last minute
alone.
"""

from infra.monitoring.alert import Alert, Severity, share_above
from infra.monitoring.job_alerts import job_alerts
from infra.monitoring.log_metrics import POSTGRES_BACKUP_FAILED
from infra.monitoring.machine_alerts import machine_alerts, machine_cpu
from infra.monitoring.network_alerts import network_alerts
from infra.monitoring.thresholds import Thresholds
from infra.monitoring.watched import Watched


def infrastructure_alerts(thresholds: Thresholds, watched: Watched) -> list[Alert]:
    """Returns the alerts on the infrastructure."""
    return [
        *_postgres(thresholds, watched),
        *_redis(thresholds, watched),
        *(_neo4j(thresholds, watched.neo4j_instance) if watched.neo4j_instance else ()),
        *_api(thresholds, watched),
        *(
            machine_alerts(thresholds, "Qdrant", watched.qdrant_instance)
            if watched.qdrant_instance
            else ()
        ),
        *(_qdrant(thresholds, watched, watched.qdrant_service) if watched.qdrant_service else ()),
        *([_worker(watched, watched.worker_pool)] if watched.worker_pool else ()),
        *job_alerts(watched),
        *network_alerts(thresholds, watched),
    ]


def _postgres(thresholds: Thresholds, watched: Watched) -> list[Alert]:
    selector = f'{{database_id="{watched.project}:{watched.postgres_instance}"}}'

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
                f"sum(increase({POSTGRES_BACKUP_FAILED.series}"
                '{monitored_resource="cloudsql_database",'
                f'database_id="{watched.project}:{watched.postgres_instance}"}}[1d])) > 0'
            ),
            for_seconds=60,
            summary="Cloud SQL could not make its daily backup.",
        ),
    ]


def _redis(thresholds: Thresholds, watched: Watched) -> list[Alert]:
    # The label is said to be the instance's full name; the short one is taken, too.
    selector = f'{{instance_id=~"(.*/)?{watched.redis_instance}"}}'

    def series(name: str) -> str:
        return f"redis_googleapis_com:stats_{name}{selector}"

    return [
        Alert(
            name="RedisDown",
            severity=Severity.CRITICAL,
            # An instance that does not run writes nothing; its uptime does not fall to 0.
            expression=f"absent_over_time(redis_googleapis_com:server_uptime{selector}[15m])",
            for_seconds=60,
            summary="Redis does not run.",
        ),
        Alert(
            name="RedisMemoryHigh",
            severity=Severity.WARNING,
            # Of the system's memory: a cache fills the part of it that is for keys, and may.
            expression=(
                f"max({series('memory_system_memory_usage_ratio')})"
                f" > {thresholds.redis_memory_ratio}"
            ),
            for_seconds=600,
            summary="Redis's memory is nearly used up.",
        ),
        Alert(
            name="RedisCpuHigh",
            severity=Severity.WARNING,
            # In seconds of the thread that runs the commands, by user and system: their rate.
            expression=(
                f"max(sum by (node_id) (rate({series('cpu_utilization_main_thread')}[10m])))"
                f" > {thresholds.redis_cpu_ratio}"
            ),
            for_seconds=600,
            summary="Redis is busy without a pause.",
        ),
        Alert(
            name="RedisEvictionsHigh",
            severity=Severity.WARNING,
            expression=(
                f"sum(rate({series('evicted_keys')}[15m]))"
                f" > {thresholds.redis_evicted_keys_per_second}"
            ),
            for_seconds=900,
            summary="Redis throws keys away to make room for others.",
        ),
    ]


def _neo4j(thresholds: Thresholds, name: str) -> list[Alert]:
    return [
        *machine_alerts(thresholds, "Neo4j", name),
        Alert(
            name="Neo4jCpuHigh",
            severity=Severity.WARNING,
            expression=f"{machine_cpu(name)} > {thresholds.neo4j_cpu_ratio}",
            for_seconds=900,
            summary="The processors of Neo4j's machine are busy.",
        ),
    ]


def _service(watched: Watched, name: str) -> str:
    return (
        f'monitored_resource="cloud_run_revision",service_name="{name}",location="{watched.region}"'
    )


def _api(thresholds: Thresholds, watched: Watched) -> list[Alert]:
    service = _service(watched, watched.api_service)
    requests = "run_googleapis_com:request_count"
    latencies = "run_googleapis_com:request_latencies"
    return [
        Alert(
            name="ApiErrorRateHigh",
            severity=Severity.CRITICAL,
            expression=share_above(
                part=f'{requests}{{{service},response_code_class="5xx"}}',
                whole=f"{requests}{{{service}}}",
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
                f" sum by (le) (rate({latencies}_bucket{{{service}}}[15m])))"
                f" > {thresholds.api_latency_p95_milliseconds})"
                f" and (sum(increase({latencies}_count{{{service}}}[15m]))"
                f" >= {thresholds.minimum_count})"
            ),
            for_seconds=600,
            summary="The API answers slowly.",
        ),
        Alert(
            name="ApiUptimeCheckFailed",
            severity=Severity.CRITICAL,
            # One place that cannot reach it may be that place's trouble.
            expression=(
                "count by (host) (last_over_time("
                "monitoring_googleapis_com:uptime_check_check_passed"
                f'{{monitored_resource="uptime_url",project_id="{watched.project}"}}[10m]) == 0)'
                " > 1"
            ),
            for_seconds=120,
            summary="The API's /health cannot be reached from several places in the world.",
        ),
    ]


def _qdrant(thresholds: Thresholds, watched: Watched, name: str) -> list[Alert]:
    service = f"{{{_service(watched, name)}}}"
    memory = f"run_googleapis_com:container_memory_utilizations_bucket{service}"
    instances = f"run_googleapis_com:container_instance_count{service}"
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
            expression=_none_running(instances),
            for_seconds=60,
            summary="Qdrant does not run.",
        ),
    ]


def _worker(watched: Watched, name: str) -> Alert:
    return Alert(
        name="WorkerDown",
        severity=Severity.CRITICAL,
        expression=_none_running(
            "run_googleapis_com:container_instance_count"
            f'{{monitored_resource="cloud_run_worker_pool",worker_pool_name="{name}",'
            f'location="{watched.region}"}}'
        ),
        for_seconds=60,
        summary="No worker runs.",
    )


def _none_running(instances: str) -> str:
    """Returns an expression: for a quarter of an hour there was not one instance."""
    return f"(sum(max_over_time({instances}[15m])) == 0) or absent_over_time({instances}[15m])"
