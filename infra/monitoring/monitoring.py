"""What is seen of the stack, and who hears of it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_gcp as gcp

from infra.config.monitoring import MonitoringConfig
from infra.monitoring.alert import Alert
from infra.monitoring.alerts import Alerts, AlertsArgs
from infra.monitoring.cloud_monitoring import cloud_monitoring
from infra.monitoring.dashboard import Dashboard
from infra.monitoring.log_metrics import count_in_the_logs
from infra.monitoring.thresholds import THRESHOLDS
from infra.monitoring.uptime_check import uptime_alerts
from infra.project import GoogleApi, StackContext


@dataclass(frozen=True, kw_only=True)
class MonitoringArgs:
    """What a `Monitoring` is built from."""

    ctx: StackContext
    config: MonitoringConfig
    repository: str
    """The repository on GitHub that has the runbooks, as `OWNER/NAME`."""
    api_host: pulumi.Input[str]
    """Host name of the API, which the uptime check asks for /health."""
    dashboards: Sequence[Dashboard]
    alerts: Sequence[Alert]
    """Those of the other components; those on the uptime check are its own."""


class Monitoring(pulumi.ComponentResource):
    """Dashboards, the uptime check of the API, alerts, and the channel that they are sent to."""

    channel: pulumi.Output[str]
    """Id of the channel that alerts are sent to."""

    def __init__(
        self, name: str, args: MonitoringArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("apex:monitoring:Monitoring", name, None, opts)
        self._after_api = pulumi.ResourceOptions(
            parent=self, depends_on=[args.ctx.apis[GoogleApi.MONITORING]]
        )
        self.channel = gcp.monitoring.NotificationChannel(
            "email",
            display_name=f"Apex Memory, {args.ctx.copy}",
            description="Who answers for the Apex Memory System.",
            type="email",
            labels={"email_address": args.config.email},
            user_labels=args.ctx.labels,
            # Alerts that name it go, too, when it is deleted by hand.
            force_delete=False,
            opts=self._after_api,
        ).id
        self._uptime_check(args)
        for dashboard in args.dashboards:
            gcp.monitoring.Dashboard(
                dashboard.name,
                dashboard_json=json.dumps(
                    cloud_monitoring(dashboard, args.ctx.title("Apex Memory"))
                ),
                opts=self._after_api,
            )
        alerts = [
            *args.alerts,
            *uptime_alerts(THRESHOLDS[args.ctx.environment], project=args.ctx.project),
        ]
        counted = dict.fromkeys(alert.counts for alert in alerts if alert.counts)
        count_in_the_logs(args.ctx, counted, pulumi.ResourceOptions(parent=self))
        Alerts(
            "alerts",
            AlertsArgs(
                ctx=args.ctx,
                repository=args.repository,
                channels=[self.channel],
                critical_channels=[args.config.critical_channel]
                if args.config.critical_channel
                else [],
                alerts=alerts,
            ),
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.register_outputs({"channel": self.channel})

    def _uptime_check(self, args: MonitoringArgs) -> None:
        gcp.monitoring.UptimeCheckConfig(
            "api",
            display_name=f"Apex Memory API, {args.ctx.copy}",
            timeout="10s",
            period="60s" if args.ctx.environment == "production" else "300s",
            selected_regions=["USA", "EUROPE", "ASIA_PACIFIC"],
            http_check=gcp.monitoring.UptimeCheckConfigHttpCheckArgs(
                path="/health",
                port=443,
                use_ssl=True,
                validate_ssl=True,
                request_method="GET",
                accepted_response_status_codes=[
                    gcp.monitoring.UptimeCheckConfigHttpCheckAcceptedResponseStatusCodeArgs(
                        status_value=200
                    )
                ],
            ),
            monitored_resource=gcp.monitoring.UptimeCheckConfigMonitoredResourceArgs(
                type="uptime_url",
                labels={"project_id": args.ctx.project, "host": args.api_host},
            ),
            user_labels=args.ctx.labels,
            opts=self._after_api,
        )
