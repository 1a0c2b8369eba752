"""Metrics, dashboards and alerts."""

from infra.monitoring.infrastructure_alerts import Watched
from infra.monitoring.monitoring import Monitoring, MonitoringArgs

__all__ = ["Monitoring", "MonitoringArgs", "Watched"]
