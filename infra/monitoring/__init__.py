"""Metrics, dashboards and alerts."""

from infra.monitoring.monitoring import Monitoring, MonitoringArgs
from infra.monitoring.watched import Watched

__all__ = ["Monitoring", "MonitoringArgs", "Watched"]
