"""The two dashboards of the ingestion: on the metrics that the workers have of their workflows."""

from collections.abc import Sequence

from infra.monitoring.dashboard import LIMITS, Dashboard, Panel, Query, Row, Unit
from infra.monitoring.metrics import METRICS

_WINDOW = "5m"


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
                    threshold=LIMITS.workflow_duration_p99_seconds,
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
                    threshold=LIMITS.task_queue_depth,
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
