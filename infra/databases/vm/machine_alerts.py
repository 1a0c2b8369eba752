"""Alerts on the databases' machines."""

from infra.monitoring.alert import Alert, Severity, nothing_counted
from infra.monitoring.log_metrics import LogMetric
from infra.monitoring.thresholds import Thresholds


def machine_alerts(thresholds: Thresholds, database: str, name: str) -> list[Alert]:
    """Returns the alerts on the machine of a database.

    Args:
        thresholds: Where they begin.
        database: What it is called in an alert's name.
        name: The machine's name.
    """
    heartbeats = _heartbeats(name)
    disk = (
        "compute_googleapis_com:guest_disk_bytes_used"
        # What is mounted read-only, as the system is, is full and may be.
        f'{{monitored_resource="gce_instance",instance_name="{name}",'
        'mount_option=~"(.*,)?rw(,.*)?"'
    )
    return [
        Alert(
            name=f"{database}MachineAbsent",
            severity=Severity.CRITICAL,
            # A machine that is stopped writes nothing; its uptime does not fall to 0.
            expression=f"absent_over_time({machine_cpu(name)}[15m])",
            for_seconds=60,
            summary=f"{database}'s machine does not run.",
        ),
        Alert(
            name=f"{database}ProcessDown",
            severity=Severity.CRITICAL,
            # A new machine has that long to pull its image.
            expression=nothing_counted(
                f'{heartbeats.series}{{monitored_resource="gce_instance"}}', "5m"
            ),
            for_seconds=600,
            summary=f"{database} does not answer on its machine.",
            counts=heartbeats,
        ),
        Alert(
            name=f"{database}DiskHigh",
            severity=Severity.ERROR,
            # The states are used and free, and what they are together is the whole disk.
            expression=(
                f'sum by (device_name) ({disk},state="used"}})'
                f" / sum by (device_name) ({disk}}})"
                f" > {thresholds.machine_disk_ratio}"
            ),
            for_seconds=900,
            summary=f"A disk of {database}'s machine is nearly full.",
        ),
    ]


def machine_cpu(name: str) -> str:
    """Returns the series of a machine's processors: the share of them that is in use."""
    return (
        "compute_googleapis_com:instance_cpu_utilization"
        f'{{monitored_resource="gce_instance",instance_name="{name}"}}'
    )


def _heartbeats(machine: str) -> LogMetric:
    """Returns what counts that a database on a machine of its own answers, once a minute.

    The machine says it on its serial port, and Compute Engine takes that to the logs, without any
    agent (Compute Engine, "View serial port output", 2026; infra/databases/vm/startup.sh).
    """
    return LogMetric(
        name=f"{machine}_heartbeats".replace("-", "_"),
        description=f"Minutes in which {machine} answered on its machine.",
        filter=(
            'resource.type="gce_instance"'
            ' AND log_id("serialconsole.googleapis.com/serial_port_1_output")'
            f' AND textPayload:"database heartbeat: {machine} answers"'
        ),
    )
