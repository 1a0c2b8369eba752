"""Metrics, dashboards and alerts."""

from infra.monitoring.monitoring import Monitoring, MonitoringArgs

__all__ = ["Monitoring", "MonitoringArgs"]
