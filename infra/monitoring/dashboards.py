"""The four dashboards."""

from collections.abc import Sequence

from infra.monitoring.dashboard import Dashboard, Panel, Query, Row, Unit
from infra.monitoring.metrics import METRICS
from infra.monitoring.thresholds import THRESHOLDS

_WINDOW = "5m"
_LIMITS = THRESHOLDS["production"]  # The lines in the charts; dev has some of them higher.


def _series(name: str) -> str:
    return METRICS[f"apex_temporal_{name}"].series


def _rate(counter: str, by: str) -> Query:
    """How often something happens, per second."""
    return Query(
        expression=f"sum by ({by}) (rate({_series(counter)}[{_WINDOW}]))", legend=f"{{{{{by}}}}}"
    )


def _gauge(gauge: str, by: str) -> Query:
    """What something is at the moment, over all workers."""
    return Query(expression=f"sum by ({by}) ({_series(gauge)})", legend=f"{{{{{by}}}}}")


def _quantiles(histogram: str) -> Sequence[Query]:
    """The median, and what one in twenty and one in a hundred exceed."""
    return [
        Query(
            expression=(
                f"histogram_quantile({share}, sum by (le) "
                f"(rate({_series(histogram)}_bucket[{_WINDOW}])))"
            ),
            legend=f"p{share * 100:.0f}",
        )
        for share in (0.5, 0.95, 0.99)
    ]


def _average(histogram: str) -> Query:
    """The mean of what was observed."""
    return Query(
        expression=(
            f"sum(rate({_series(histogram)}_sum[{_WINDOW}]))"
            f" / sum(rate({_series(histogram)}_count[{_WINDOW}]))"
        ),
        legend="mean",
    )


TEMPORAL = Dashboard(
    name="temporal-workflows",
    title="Temporal workflows",
    rows=[
        Row(
            title="Workflows",
            panels=[
                Panel(
                    title="Started",
                    unit=Unit.PER_SECOND,
                    queries=[_rate("workflow_started_total", "workflow_type")],
                ),
                Panel(
                    title="Completed, by outcome",
                    unit=Unit.PER_SECOND,
                    queries=[_rate("workflow_completed_total", "status")],
                ),
                Panel(
                    title="In progress",
                    unit=Unit.COUNT,
                    queries=[_gauge("workflow_in_progress", "workflow_type")],
                ),
            ],
        ),
        Row(
            title="How long, and how often again",
            panels=[
                Panel(
                    title="Duration of workflows",
                    unit=Unit.SECONDS,
                    queries=_quantiles("workflow_duration_seconds"),
                    threshold=_LIMITS.workflow_duration_p99_seconds,
                ),
                Panel(
                    title="Retries of workflows",
                    unit=Unit.PER_SECOND,
                    queries=[_rate("workflow_retries_total", "workflow_type")],
                ),
                Panel(
                    title="Latency of workflow tasks",
                    unit=Unit.SECONDS,
                    queries=_quantiles("workflow_task_latency_seconds"),
                ),
            ],
        ),
        Row(
            title="Activities",
            panels=[
                Panel(
                    title="Started",
                    unit=Unit.PER_SECOND,
                    queries=[_rate("activity_started_total", "activity_type")],
                ),
                Panel(
                    title="Completed, by outcome",
                    unit=Unit.PER_SECOND,
                    queries=[_rate("activity_completed_total", "status")],
                ),
                Panel(
                    title="Duration",
                    unit=Unit.SECONDS,
                    queries=_quantiles("activity_duration_seconds"),
                ),
                Panel(
                    title="Retries",
                    unit=Unit.PER_SECOND,
                    queries=[_rate("activity_retry_count", "activity_type")],
                ),
                Panel(
                    title="Failures, by reason",
                    unit=Unit.PER_SECOND,
                    queries=[_rate("activity_failure_reasons", "reason")],
                ),
            ],
        ),
        Row(
            title="Workers",
            panels=[
                Panel(
                    title="Task slots",
                    unit=Unit.COUNT,
                    queries=[
                        Query(
                            expression=f"sum({_series(f'worker_task_slots_{state}')})", legend=state
                        )
                        for state in ("available", "used")
                    ],
                ),
                Panel(
                    title="Tasks that wait",
                    unit=Unit.COUNT,
                    queries=[_gauge("task_queue_depth", "task_queue")],
                    threshold=_LIMITS.task_queue_depth,
                ),
                Panel(
                    title="Successful polls",
                    unit=Unit.PER_SECOND,
                    queries=[_rate("worker_poll_success", "task_queue")],
                ),
            ],
        ),
    ],
)

INGESTION = Dashboard(
    name="ingestion",
    title="Ingestion and data quality",
    rows=[
        Row(
            title="Documents",
            panels=[
                Panel(
                    title="Throughput",
                    unit=Unit.PER_MINUTE,
                    queries=[
                        Query(
                            expression=f"sum({_series('ingestion_throughput_per_minute')})",
                            legend="documents",
                        )
                    ],
                ),
                Panel(
                    title="By source",
                    unit=Unit.PER_SECOND,
                    queries=[_rate("documents_by_source", "source")],
                ),
                Panel(
                    title="Size",
                    unit=Unit.BYTES,
                    queries=_quantiles("document_size_bytes"),
                ),
                Panel(
                    title="Duration of downloads from S3",
                    unit=Unit.SECONDS,
                    queries=_quantiles("s3_download_duration_seconds"),
                ),
            ],
        ),
        Row(
            title="What is found in a document",
            panels=[
                Panel(
                    title="Chunks",
                    unit=Unit.COUNT,
                    queries=[_average("chunks_per_document")],
                ),
                Panel(
                    title="Entities",
                    unit=Unit.COUNT,
                    queries=[_average("entities_per_document")],
                ),
                Panel(
                    title="Embeddings",
                    unit=Unit.COUNT,
                    queries=[_average("embeddings_per_document")],
                ),
                Panel(
                    title="Entities, by type",
                    unit=Unit.PER_SECOND,
                    queries=[_rate("entities_by_type", "entity_type")],
                ),
            ],
        ),
        Row(
            title="What is written",
            panels=[
                Panel(
                    title="Writes, by database",
                    unit=Unit.PER_SECOND,
                    queries=[_rate("databases_written", "database")],
                ),
                Panel(
                    title="Saga rollbacks",
                    unit=Unit.PER_SECOND,
                    queries=[_rate("saga_rollback_triggered", "reason")],
                ),
                Panel(
                    title="Written to staging",
                    unit=Unit.BYTES,
                    queries=[
                        Query(
                            expression=f"sum(rate({_series('staging_bytes_written')}[{_WINDOW}]))",
                            legend="bytes per second",
                        )
                    ],
                ),
                Panel(
                    title="Clean-ups of staging",
                    unit=Unit.PER_SECOND,
                    queries=[_rate("staging_cleanups_total", "status")],
                ),
            ],
        ),
    ],
)


def _one(
    title: str, unit: Unit, expression: str, legend: str, *, threshold: float | None = None
) -> Panel:
    query = Query(expression=expression, legend=legend)
    return Panel(title=title, unit=unit, queries=[query], threshold=threshold)


DATABASES = Dashboard(
    name="databases",
    title="Databases",
    rows=[
        Row(
            title="PostgreSQL",
            panels=[
                Panel(
                    title="In use",
                    unit=Unit.SHARE,
                    queries=[
                        Query(
                            expression=f"max(cloudsql_googleapis_com:database_{part}_utilization)",
                            legend=part,
                        )
                        for part in ("cpu", "memory", "disk")
                    ],
                ),
                _one(
                    "Connections",
                    Unit.COUNT,
                    "sum by (database) (cloudsql_googleapis_com:database_postgresql_num_backends)",
                    "{{database}}",
                ),
                _one(
                    "Deadlocks",
                    Unit.PER_SECOND,
                    "sum(rate(cloudsql_googleapis_com:database_postgresql_deadlock_count[5m]))",
                    "deadlocks",
                ),
            ],
        ),
        Row(
            title="Redis",
            panels=[
                _one(
                    "Memory in use",
                    Unit.SHARE,
                    "max(redis_googleapis_com:stats_memory_system_memory_usage_ratio)",
                    "memory",
                    threshold=_LIMITS.redis_memory_ratio,
                ),
                _one(
                    "Hits",
                    Unit.SHARE,
                    "avg(redis_googleapis_com:stats_cache_hit_ratio)",
                    "hits",
                ),
                _one(
                    "Clients",
                    Unit.COUNT,
                    "sum(redis_googleapis_com:clients_connected)",
                    "clients",
                ),
                _one(
                    "Evicted keys",
                    Unit.PER_SECOND,
                    "sum(rate(redis_googleapis_com:stats_evicted_keys[5m]))",
                    "keys",
                ),
            ],
        ),
        Row(
            title="Neo4j",
            panels=[
                _one(
                    "CPU in use",
                    Unit.SHARE,
                    "max by (instance_name) (compute_googleapis_com:instance_cpu_utilization"
                    '{monitored_resource="gce_instance"})',
                    "{{instance_name}}",
                    threshold=_LIMITS.neo4j_cpu_ratio,
                ),
                _one(
                    "Memory in use",
                    Unit.BYTES,
                    "sum by (state) (compute_googleapis_com:guest_memory_bytes_used"
                    '{monitored_resource="gce_instance"})',
                    "{{state}}",
                ),
                _one(
                    "Disk in use",
                    Unit.BYTES,
                    "sum by (device_name) (compute_googleapis_com:guest_disk_bytes_used"
                    '{monitored_resource="gce_instance",state="used"})',
                    "{{device_name}}",
                ),
            ],
        ),
        Row(
            title="Qdrant",
            panels=[
                _one(
                    "Memory in use",
                    Unit.SHARE,
                    "histogram_quantile(0.99, sum by (le) (rate("
                    "run_googleapis_com:container_memory_utilizations_bucket"
                    '{monitored_resource="cloud_run_revision",service_name="qdrant"}[5m])))',
                    "p99",
                    threshold=_LIMITS.qdrant_memory_ratio,
                ),
                _one(
                    "Requests",
                    Unit.PER_SECOND,
                    "sum by (response_code_class) (rate(run_googleapis_com:request_count"
                    '{monitored_resource="cloud_run_revision",service_name="qdrant"}[5m]))',
                    "{{response_code_class}}",
                ),
                _one(
                    "Snapshot jobs",
                    Unit.COUNT,
                    "sum by (result) (increase(run_googleapis_com:job_completed_execution_count"
                    '{monitored_resource="cloud_run_job",job_name="qdrant-snapshot"}[6h]))',
                    "{{result}}",
                ),
            ],
        ),
    ],
)

_API = 'monitored_resource="cloud_run_revision",service_name="apex-api"'

API = Dashboard(
    name="api",
    title="API",
    rows=[
        Row(
            title="Requests",
            panels=[
                _one(
                    "By outcome",
                    Unit.PER_SECOND,
                    "sum by (response_code_class) "
                    f"(rate(run_googleapis_com:request_count{{{_API}}}[5m]))",
                    "{{response_code_class}}",
                ),
                Panel(
                    title="Latency",
                    unit=Unit.MILLISECONDS,
                    queries=[
                        Query(
                            expression=(
                                f"histogram_quantile({share}, sum by (le) (rate("
                                f"run_googleapis_com:request_latencies_bucket{{{_API}}}[5m])))"
                            ),
                            legend=f"p{share * 100:.0f}",
                        )
                        for share in (0.5, 0.95, 0.99)
                    ],
                    threshold=_LIMITS.api_latency_p95_milliseconds,
                ),
                _one(
                    "Reachable from outside",
                    Unit.SHARE,
                    "avg(monitoring_googleapis_com:uptime_check_check_passed"
                    '{monitored_resource="uptime_url"})',
                    "checks passed",
                ),
            ],
        ),
        Row(
            title="Instances",
            panels=[
                _one(
                    "How many",
                    Unit.COUNT,
                    f"sum by (state) (run_googleapis_com:container_instance_count{{{_API}}})",
                    "{{state}}",
                ),
                _one(
                    "Memory in use",
                    Unit.SHARE,
                    "histogram_quantile(0.99, sum by (le) (rate("
                    f"run_googleapis_com:container_memory_utilizations_bucket{{{_API}}}[5m])))",
                    "p99",
                ),
                _one(
                    "CPU in use",
                    Unit.SHARE,
                    "histogram_quantile(0.99, sum by (le) (rate("
                    f"run_googleapis_com:container_cpu_utilizations_bucket{{{_API}}}[5m])))",
                    "p99",
                ),
            ],
        ),
    ],
)

DASHBOARDS = (TEMPORAL, INGESTION, DATABASES, API)
