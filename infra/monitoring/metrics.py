"""The 27 metrics of the Temporal workers, as they stand in Cloud Monitoring.

A worker exports them with `prometheus_client`, whose counters all end in `_total`, whatever name
they were declared with; a histogram is three series, `_bucket`, `_sum` and `_count`. So a counter's
series, and so its name in an alert, may end in a `_total` that the metric's own name has not
(prometheus_client, `metrics.py`, 2026).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, kw_only=True)
class Metric:
    """One metric."""

    name: str
    """As the workers declare it."""
    kind: Literal["counter", "gauge", "histogram"]
    unit: str
    """In UCUM, as Cloud Monitoring has it."""
    description: str
    labels: tuple[str, ...] = ()

    @property
    def series(self) -> str:
        """The name of its series in PromQL; a histogram's without the ending."""
        if self.kind == "counter" and not self.name.endswith("_total"):
            return f"{self.name}_total"
        return self.name


_WORKFLOW = ("workflow_type",)
_ACTIVITY = ("activity_type",)

_METRICS = (
    Metric(
        name="apex_temporal_workflow_started_total",
        kind="counter",
        unit="1",
        description="Workflows that began.",
        labels=_WORKFLOW,
    ),
    Metric(
        name="apex_temporal_workflow_completed_total",
        kind="counter",
        unit="1",
        description="Workflows that ended; `status` is success or failed.",
        labels=(*_WORKFLOW, "status"),
    ),
    Metric(
        name="apex_temporal_workflow_duration_seconds",
        kind="histogram",
        unit="s",
        description="Time from a workflow's start to its end; with buckets of up to an hour.",
        labels=_WORKFLOW,
    ),
    Metric(
        name="apex_temporal_workflow_in_progress",
        kind="gauge",
        unit="1",
        description="Workflows that have begun and not ended.",
        labels=_WORKFLOW,
    ),
    Metric(
        name="apex_temporal_workflow_retries_total",
        kind="counter",
        unit="1",
        description="Workflows that were begun again after a failure.",
        labels=_WORKFLOW,
    ),
    Metric(
        name="apex_temporal_activity_started_total",
        kind="counter",
        unit="1",
        description="Attempts at activities, first ones and retries.",
        labels=_ACTIVITY,
    ),
    Metric(
        name="apex_temporal_activity_completed_total",
        kind="counter",
        unit="1",
        description="Attempts at activities that ended; `status` is success or failed.",
        labels=(*_ACTIVITY, "status"),
    ),
    Metric(
        name="apex_temporal_activity_duration_seconds",
        kind="histogram",
        unit="s",
        description="Time of one attempt at an activity.",
        labels=_ACTIVITY,
    ),
    Metric(
        name="apex_temporal_activity_retry_count",
        kind="counter",
        unit="1",
        description="Attempts at activities that were not the first.",
        labels=_ACTIVITY,
    ),
    Metric(
        name="apex_temporal_activity_failure_reasons",
        kind="counter",
        unit="1",
        description="Attempts at activities that failed, by the kind of error.",
        labels=(*_ACTIVITY, "reason"),
    ),
    Metric(
        name="apex_temporal_chunks_per_document",
        kind="histogram",
        unit="1",
        description="Chunks that one document was cut into.",
    ),
    Metric(
        name="apex_temporal_entities_per_document",
        kind="histogram",
        unit="1",
        description="Entities that were found in one document.",
    ),
    Metric(
        name="apex_temporal_entities_by_type",
        kind="counter",
        unit="1",
        description="Entities that were found, by their type.",
        labels=("entity_type",),
    ),
    Metric(
        name="apex_temporal_embeddings_per_document",
        kind="histogram",
        unit="1",
        description="Embeddings that were made for one document.",
    ),
    Metric(
        name="apex_temporal_databases_written",
        kind="counter",
        unit="1",
        description="Writes to a database; `status` is success or failed.",
        labels=("database", "status"),
    ),
    Metric(
        name="apex_temporal_saga_rollback_triggered",
        kind="counter",
        unit="1",
        description="Ingestions whose writes were taken back in every database.",
        labels=("reason",),
    ),
    Metric(
        name="apex_temporal_worker_task_slots_available",
        kind="gauge",
        unit="1",
        description="Tasks that a worker could take on beside those it has.",
        labels=("worker_type",),
    ),
    Metric(
        name="apex_temporal_worker_task_slots_used",
        kind="gauge",
        unit="1",
        description="Tasks that a worker is at.",
        labels=("worker_type",),
    ),
    Metric(
        name="apex_temporal_task_queue_depth",
        kind="gauge",
        unit="1",
        description="Tasks that wait for a worker; every worker reports the same number.",
        labels=("task_queue",),
    ),
    Metric(
        name="apex_temporal_workflow_task_latency_seconds",
        kind="histogram",
        unit="s",
        description="Time that a workflow's task waited for a worker.",
        labels=("task_queue",),
    ),
    Metric(
        name="apex_temporal_worker_poll_success",
        kind="counter",
        unit="1",
        description="Times that a worker asked for a task and was given one.",
        labels=("task_queue",),
    ),
    Metric(
        name="apex_temporal_documents_by_source",
        kind="counter",
        unit="1",
        description="Documents that were taken in, by where they are from.",
        labels=("source",),
    ),
    Metric(
        name="apex_temporal_document_size_bytes",
        kind="histogram",
        unit="By",
        description="Size of one document.",
        labels=("source",),
    ),
    Metric(
        name="apex_temporal_s3_download_duration_seconds",
        kind="histogram",
        unit="s",
        description="Time of one download from S3; `status` is success or failed.",
        labels=("status",),
    ),
    Metric(
        name="apex_temporal_ingestion_throughput_per_minute",
        kind="gauge",
        unit="1/min",
        description="Documents that a worker finished in the last minute.",
    ),
    Metric(
        name="apex_temporal_staging_bytes_written",
        kind="counter",
        unit="By",
        description="Bytes that were written to the staging area.",
    ),
    Metric(
        name="apex_temporal_staging_cleanups_total",
        kind="counter",
        unit="1",
        description="Clean-ups of the staging area; `status` is success or failed.",
        labels=("status",),
    ),
)

METRICS: Mapping[str, Metric] = {metric.name: metric for metric in _METRICS}
"""By name."""


def of_pool(expression: str, pool: str) -> str:
    """Returns an expression that looks at the series of one worker pool alone.

    Args:
        expression: In PromQL, on series of the workers.
        pool: The pool's name, which its collector has as `namespace` in each series.
    """

    def narrowed(series: re.Match[str]) -> str:
        labels = ",".join(filter(None, (f'namespace="{pool}"', series[2])))
        return f"{series[1]}{{{labels}}}"

    return re.sub(r"(apex_temporal_\w+)(?:\{([^}]*)\})?", narrowed, expression)
