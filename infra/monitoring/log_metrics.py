"""Metrics that are counted in the logs, where a service has none of its own."""

from dataclasses import dataclass

import pulumi
import pulumi_gcp as gcp

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

LOG_METRICS = (POSTGRES_BACKUP_FAILED,)


def count_in_the_logs(ctx: StackContext, opts: pulumi.ResourceOptions) -> None:
    """Has them counted."""
    after_api = pulumi.ResourceOptions(depends_on=[ctx.apis[Api.LOGGING]])
    for metric in LOG_METRICS:
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
