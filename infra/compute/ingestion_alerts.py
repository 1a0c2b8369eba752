"""Alerts on the ingestion: on the metrics that the workers have of their workflows."""

from infra.monitoring.alert import Alert, Severity, share_above
from infra.monitoring.metrics import METRICS
from infra.monitoring.thresholds import Thresholds


def ingestion_alerts(thresholds: Thresholds, *, workers: bool) -> list[Alert]:
    """Returns the alerts on the ingestion.

    Args:
        thresholds: Where they begin.
        workers: Whether at least one worker with metrics always runs. Then no metrics at all are
            an incident, too; otherwise they are what is seen when there is nothing to do.
    """
    return [
        *_workflows(thresholds),
        *_workers(thresholds),
        *_contents(thresholds),
        *_stores(thresholds),
        _throughput(workers=workers),
    ]


def _series(name: str) -> str:
    return METRICS[f"apex_temporal_{name}"].series


def _workflows(thresholds: Thresholds) -> list[Alert]:
    completed = _series("workflow_completed_total")
    duration = _series("workflow_duration_seconds")
    return [
        Alert(
            name="WorkflowFailureRateHigh",
            severity=Severity.CRITICAL,
            expression=share_above(
                part=f'{completed}{{status="failed"}}',
                whole=completed,
                threshold=thresholds.workflow_failure_ratio,
                minimum=thresholds.minimum_count,
                by="workflow_type",
            ),
            for_seconds=300,
            summary="Too many workflows fail.",
        ),
        Alert(
            name="ActivityRetryRateHigh",
            severity=Severity.WARNING,
            expression=share_above(
                part=_series("activity_retry_count"),
                whole=_series("activity_started_total"),
                threshold=thresholds.activity_retry_ratio,
                minimum=thresholds.minimum_count,
                by="activity_type",
            ),
            for_seconds=600,
            summary="An activity succeeds only after retries, too often.",
        ),
        Alert(
            name="WorkflowDurationP99High",
            severity=Severity.WARNING,
            expression=(
                "histogram_quantile(0.99,"
                f" sum by (workflow_type, le) (rate({duration}_bucket[30m])))"
                f" > {thresholds.workflow_duration_p99_seconds}"
            ),
            for_seconds=900,
            summary="The slowest workflows take too long.",
        ),
        Alert(
            name="SagaRollbackRateHigh",
            severity=Severity.CRITICAL,
            expression=share_above(
                part=_series("saga_rollback_triggered"),
                whole=_series("workflow_started_total"),
                threshold=thresholds.saga_rollback_ratio,
                minimum=thresholds.minimum_count,
            ),
            for_seconds=300,
            summary="Too many ingestions are taken back in every database.",
        ),
    ]


def _workers(thresholds: Thresholds) -> list[Alert]:
    slots = {
        state: f"sum by (worker_type) ({_series(f'worker_task_slots_{state}')})"
        for state in ("available", "used")
    }
    return [
        Alert(
            name="WorkerTaskSlotsExhausted",
            severity=Severity.CRITICAL,
            expression=f"({slots['available']} == 0) and ({slots['used']} > 0)",
            for_seconds=600,
            summary="No worker has room for another task.",
        ),
        Alert(
            name="TaskQueueBacklog",
            severity=Severity.WARNING,
            # All workers report the same queue: the largest is its depth, not the sum.
            expression=(
                f"max by (task_queue) ({_series('task_queue_depth')})"
                f" > {thresholds.task_queue_depth}"
            ),
            for_seconds=900,
            summary="Tasks wait for longer than the workers need to catch up.",
        ),
    ]


def _contents(thresholds: Thresholds) -> list[Alert]:
    return [
        Alert(
            name=f"Zero{what}Extracted",
            severity=Severity.ERROR,
            expression=(
                f"(sum(increase({histogram}_sum[30m])) == 0)"
                f" and (sum(increase({histogram}_count[30m])) >= {thresholds.minimum_count})"
            ),
            for_seconds=300,
            summary=f"Documents are taken in, and no {what.lower()} are found in any of them.",
        )
        for what, histogram in (
            ("Chunks", _series("chunks_per_document")),
            ("Entities", _series("entities_per_document")),
        )
    ]


def _stores(thresholds: Thresholds) -> list[Alert]:
    downloads = f"{_series('s3_download_duration_seconds')}_count"
    activities = _series("activity_completed_total")
    embedding = 'activity_type=~".*[Ee]mbed.*"'
    writes = _series("databases_written")
    return [
        Alert(
            name="S3DownloadFailureRate",
            severity=Severity.ERROR,
            expression=share_above(
                part=f'{downloads}{{status="failed"}}',
                whole=downloads,
                threshold=thresholds.s3_failure_ratio,
                minimum=thresholds.minimum_count,
            ),
            for_seconds=300,
            summary="Too many documents cannot be fetched from S3.",
        ),
        Alert(
            name="EmbeddingFailureRate",
            severity=Severity.ERROR,
            expression=share_above(
                part=f'{activities}{{{embedding},status="failed"}}',
                whole=f"{activities}{{{embedding}}}",
                threshold=thresholds.embedding_failure_ratio,
                minimum=thresholds.minimum_count,
            ),
            for_seconds=300,
            summary="Too many embeddings cannot be made.",
        ),
        Alert(
            name="DatabaseWriteFailure",
            severity=Severity.CRITICAL,
            expression=share_above(
                part=f'{writes}{{status="failed"}}',
                whole=writes,
                threshold=thresholds.database_write_failure_ratio,
                minimum=thresholds.minimum_count,
                by="database",
            ),
            for_seconds=120,
            summary="A database refuses what is written to it.",
        ),
    ]


def _throughput(*, workers: bool) -> Alert:
    throughput = _series("ingestion_throughput_per_minute")
    waiting = f"max by (task_queue) ({_series('task_queue_depth')})"
    begun = _series("workflow_in_progress")
    # Nothing finished is an incident while there is something to finish; at night there is not.
    expression = (
        f"(sum(max_over_time({throughput}[30m])) == 0)"
        f" and on () ((sum({waiting}) > 0) or (sum({begun}) > 0))"
    )
    if workers:
        expression = f"({expression}) or absent_over_time({throughput}[30m])"
    return Alert(
        name="IngestionThroughputZero",
        severity=Severity.CRITICAL,
        expression=expression,
        for_seconds=300,
        summary="Documents are waiting, and none has been finished for half an hour.",
    )
