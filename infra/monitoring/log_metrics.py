"""Metrics that are counted in the logs, where a service has none of its own."""

from dataclasses import dataclass

import pulumi
import pulumi_gcp as gcp

from infra.monitoring.watched import Watched
from infra.project import Api, StackContext


@dataclass(frozen=True, kw_only=True)
class LogMetric:
    """How often something is logged."""

    name: str
    description: str
    filter: str

    @property
    def series(self) -> str:
        """The name of its series in PromQL."""
        return f"logging_googleapis_com:user_{self.name}"


POSTGRES_BACKUP_FAILED = LogMetric(
    name="postgres_backup_failed",
    description="Windows that ended without an automated backup of PostgreSQL.",
    # An attempt that failed is made again within the window (Cloud SQL, "View audit logs for
    # automated backups", 2026).
    filter=(
        'resource.type="cloudsql_database"'
        ' AND log_id("cloudaudit.googleapis.com/system_event")'
        ' AND protoPayload.methodName="cloudsql.instances.automatedBackup"'
        ' AND protoPayload.metadata.windowStatus="STATUS_FAILED"'
    ),
)


def heartbeats(machine: str) -> LogMetric:
    """Returns what counts that a database on a machine of its own answers, once a minute.

    The machine says it on its serial port, and Compute Engine takes that to the logs, without any
    agent (Compute Engine, "View serial port output", 2026; infra/databases/vm/startup.sh).
    """
    return LogMetric(
        name=f"{machine}_heartbeats",
        description=f"Minutes in which {machine} answered on its machine.",
        filter=(
            'resource.type="gce_instance"'
            ' AND log_id("serialconsole.googleapis.com/serial_port_1_output")'
            f' AND textPayload:"database heartbeat: {machine} answers"'
        ),
    )


def count_in_the_logs(ctx: StackContext, watched: Watched, opts: pulumi.ResourceOptions) -> None:
    """Has counted what the alerts look at."""
    after_api = pulumi.ResourceOptions(depends_on=[ctx.apis[Api.LOGGING]])
    for metric in (POSTGRES_BACKUP_FAILED, *map(heartbeats, watched.machines)):
        gcp.logging.Metric(
            metric.name,
            name=metric.name,
            description=metric.description,
            filter=metric.filter,
            metric_descriptor=gcp.logging.MetricMetricDescriptorArgs(
                metric_kind="DELTA", value_type="INT64", unit="1"
            ),
            opts=pulumi.ResourceOptions.merge(opts, after_api),
        )
