"""Alerts on what runs at its times: jobs, their schedules, and what they are to bring about."""

from datetime import timedelta

from infra.monitoring.alert import Alert, Severity, nothing_counted
from infra.monitoring.watched import Watched

_EXECUTIONS = "run_googleapis_com:job_completed_execution_count"
_LOG_ENTRIES = "logging_googleapis_com:log_entry_count"
_ATTEMPTS = 4
"""With the scheduler's retries (infra/compute/job.py)."""
_OPERATORS = "operator-.+"
"""Jobs that operators run by hand, and see the end of (infra/databases/operators)."""
_LONGEST_WAIT = timedelta(hours=12)


def job_alerts(watched: Watched) -> list[Alert]:
    """Returns the alerts on jobs and schedules."""
    return [
        Alert(
            name="JobFailed",
            severity=Severity.ERROR,
            expression=(
                f"sum by (job_name) (increase({_EXECUTIONS}"
                '{monitored_resource="cloud_run_job",'
                f'location="{watched.region}",result="failed",job_name!~"{_OPERATORS}"}}[1h])) > 0'
            ),
            for_seconds=60,
            summary="A job has failed, with all its attempts.",
        ),
        Alert(
            name="SchedulerFailed",
            severity=Severity.ERROR,
            # Each attempt that fails is an entry in the log; what a retry mends has fewer. An
            # increase is extrapolated, and seldom a whole number.
            expression=(
                f"sum by (job_id) (increase({_LOG_ENTRIES}"
                '{monitored_resource="cloud_scheduler_job",'
                f'location="{watched.region}",severity="ERROR"}}[1h])) > {_ATTEMPTS - 0.5}'
            ),
            for_seconds=60,
            summary="A schedule cannot start its job.",
        ),
        _snapshot_old(watched),
    ]


def _snapshot_old(watched: Watched) -> Alert:
    # Two periods together: before the first snapshot of a new stack, the second has to pass, too.
    wait = min(watched.qdrant_snapshot_period, _LONGEST_WAIT)
    window = 2 * watched.qdrant_snapshot_period - wait
    succeeded = (
        f'{_EXECUTIONS}{{monitored_resource="cloud_run_job",location="{watched.region}",'
        f'job_name="{watched.qdrant_snapshot_job}",result="succeeded"}}'
    )
    return Alert(
        name="QdrantSnapshotOld",
        severity=Severity.ERROR,
        expression=nothing_counted(succeeded, f"{window // timedelta(minutes=1)}m"),
        for_seconds=wait // timedelta(seconds=1),
        summary="Qdrant's newest snapshot is older than two periods of its schedule.",
    )
