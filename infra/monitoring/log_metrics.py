"""Metrics that are counted in the logs, where a service has none of its own."""

from collections.abc import Iterable
from dataclasses import dataclass

import pulumi
import pulumi_gcp as gcp

from infra.project import GoogleApi, StackContext


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


def count_in_the_logs(
    ctx: StackContext, metrics: Iterable[LogMetric], opts: pulumi.ResourceOptions
) -> None:
    """Has counted what alerts look at."""
    after_api = pulumi.ResourceOptions(depends_on=[ctx.apis[GoogleApi.LOGGING]])
    for metric in metrics:
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
