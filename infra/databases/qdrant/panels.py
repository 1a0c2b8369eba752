"""What the databases' dashboard shows of Qdrant."""

from infra.monitoring.dashboard import LIMITS, Panel, Row, Unit, one_query


def service_panels(service: str) -> list[Panel]:
    """Returns what is seen of Qdrant as a service of Cloud Run."""
    labels = f'monitored_resource="cloud_run_revision",service_name="{service}"'
    return [
        one_query(
            "Memory in use",
            Unit.SHARE,
            "histogram_quantile(0.99, sum by (le) (rate("
            f"run_googleapis_com:container_memory_utilizations_bucket{{{labels}}}[5m])))",
            "p99",
            threshold=LIMITS.qdrant_memory_ratio,
        ),
        one_query(
            "Requests",
            Unit.PER_SECOND,
            "sum by (response_code_class) "
            f"(rate(run_googleapis_com:request_count{{{labels}}}[5m]))",
            "{{response_code_class}}",
        ),
    ]


def machine_panels(machine: str) -> list[Panel]:
    """Returns what is seen of Qdrant on a machine."""
    labels = f'monitored_resource="gce_instance",instance_name="{machine}"'
    return [
        one_query(
            "Memory in use",
            Unit.BYTES,
            f"sum by (state) (compute_googleapis_com:guest_memory_bytes_used{{{labels}}})",
            "{{state}}",
        ),
        one_query(
            "Disk in use",
            Unit.BYTES,
            "sum by (device_name) "
            f'(compute_googleapis_com:guest_disk_bytes_used{{{labels},state="used"}})',
            "{{device_name}}",
        ),
    ]


def qdrant_row(panels: list[Panel], *, job: str) -> Row:
    """Returns Qdrant's row.

    Args:
        panels: What is seen of Qdrant where it runs.
        job: Name of the job that makes snapshots.
    """
    snapshots = one_query(
        "Snapshot jobs",
        Unit.COUNT,
        "sum by (result) (increase(run_googleapis_com:job_completed_execution_count"
        f'{{monitored_resource="cloud_run_job",job_name="{job}"}}[6h]))',
        "{{result}}",
    )
    return Row(title="Qdrant", panels=[*panels, snapshots])
