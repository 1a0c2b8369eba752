"""Alerts as alerting policies of Cloud Monitoring."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_gcp as gcp

from infra.monitoring.alert import Alert, Severity
from infra.project import GoogleApi, StackContext


@dataclass(frozen=True, kw_only=True)
class AlertsArgs:
    """What `Alerts` is built from."""

    ctx: StackContext
    repository: str
    """The repository on GitHub that has the runbooks, as `owner/name`."""
    channels: Sequence[pulumi.Input[str]]
    """Ids of the notification channels that hear of every alert."""
    critical_channels: Sequence[pulumi.Input[str]]
    """Ids of those that hear of critical ones, too."""
    alerts: Sequence[Alert]


class Alerts(pulumi.ComponentResource):
    """A policy for each alert: when it holds, everybody in its channels is told what to do."""

    def __init__(
        self, name: str, args: AlertsArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("apex:monitoring:Alerts", name, None, opts)
        child = pulumi.ResourceOptions(
            parent=self, depends_on=[args.ctx.apis[GoogleApi.MONITORING]]
        )
        for alert in args.alerts:
            gcp.monitoring.AlertPolicy(
                alert.name,
                display_name=f"{alert.name} ({args.ctx.copy})",
                combiner="OR",
                severity=alert.severity.value,
                conditions=[
                    gcp.monitoring.AlertPolicyConditionArgs(
                        display_name=alert.summary,
                        condition_prometheus_query_language=_condition(alert),
                    )
                ],
                documentation=_documentation(alert, args),
                notification_channels=_channels(alert, args),
                alert_strategy=gcp.monitoring.AlertPolicyAlertStrategyArgs(
                    auto_close="3600s",
                    notification_prompts=["OPENED", "CLOSED"],
                ),
                user_labels=args.ctx.labels,
                opts=child,
            )
        self.register_outputs({})


def _channels(alert: Alert, args: AlertsArgs) -> list[pulumi.Input[str]]:
    critical = alert.severity is Severity.CRITICAL
    return [*args.channels, *(args.critical_channels if critical else ())]


def _condition(
    alert: Alert,
) -> gcp.monitoring.AlertPolicyConditionConditionPrometheusQueryLanguageArgs:
    return gcp.monitoring.AlertPolicyConditionConditionPrometheusQueryLanguageArgs(
        query=alert.expression,
        duration=f"{alert.for_seconds}s",
        evaluation_interval="60s",
        rule_group="apex-memory",
        alert_rule=alert.name,
        # A metric of the workers is not known to Cloud Monitoring before the first worker has run.
        disable_metric_validation=True,
    )


def _documentation(alert: Alert, args: AlertsArgs) -> gcp.monitoring.AlertPolicyDocumentationArgs:
    runbook = f"https://github.com/{args.repository}/blob/main/{alert.runbook}"
    return gcp.monitoring.AlertPolicyDocumentationArgs(
        subject=f"{alert.name} in {args.ctx.copy}: {alert.summary}",
        content=f"{alert.summary}\n\nWhat it means and what to do: [{alert.name}]({runbook})",
        mime_type="text/markdown",
        links=[
            gcp.monitoring.AlertPolicyDocumentationLinkArgs(display_name="Runbook", url=runbook)
        ],
    )
