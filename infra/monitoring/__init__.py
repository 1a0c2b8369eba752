"""Metrics, dashboards and alerts."""

from infra.monitoring.alert import Alert, Severity
from infra.monitoring.dashboard import Dashboard
from infra.monitoring.monitoring import Monitoring, MonitoringArgs
from infra.monitoring.thresholds import THRESHOLDS, Thresholds

__all__ = [
    "THRESHOLDS",
    "Alert",
    "Dashboard",
    "Monitoring",
    "MonitoringArgs",
    "Severity",
    "Thresholds",
]
