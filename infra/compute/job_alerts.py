"""Alerts on all jobs, and on the schedules that start them."""

from infra.compute.job import OPERATORS_JOB, SCHEDULE_RETRIES
from infra.monitoring.alert import Alert, Severity
from infra.names import prefixed

_LOG_ENTRIES = "logging_googleapis_com:log_entry_count"


def executions(labels: str, region: str) -> str:
    """Returns the series of ended executions of jobs."""
    return (
        "run_googleapis_com:job_completed_execution_count"
        f'{{monitored_resource="cloud_run_job",location="{region}",{labels}}}'
    )


def job_alerts(region: str, prefix: str = "") -> list[Alert]:
    """Returns the alerts on the jobs and schedules of a stack.

    Args:
        region: Where they run.
        prefix: What their names begin with. Without one nothing tells them from those of another
            copy: then the alerts are on all of the project's in the region.
    """
    jobs, schedules = 'result="failed"', 'severity="ERROR"'
    if prefix:
        ours = prefixed(prefix, ".+")
        jobs, schedules = f'{jobs},job_name=~"{ours}"', f'{schedules},job_id=~"{ours}"'
    operators = prefixed(prefix, f"{OPERATORS_JOB}.+")
    failed = executions(f'{jobs},job_name!~"{operators}"', region)
    return [
        Alert(
            name="JobFailed",
            severity=Severity.ERROR,
            expression=f"sum by (job_name) (increase({failed}[1h])) > 0",
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
                f'location="{region}",{schedules}}}[1h])) > {SCHEDULE_RETRIES + 0.5}'
            ),
            for_seconds=60,
            summary="A schedule cannot start its job.",
        ),
    ]
