"""Keys of the monitoring."""

from pydantic import Field

from infra.config.types import ConfigSection


class MonitoringConfig(ConfigSection):
    """Who hears of alerts."""

    alert_email: str = Field(
        alias="alert-email",
        pattern=r"^[^@\s]+@[^@\s]+\.[^@\s.]+$",
        description="an e-mail address",
        examples=["apex-memory-alerts@example.com"],
    )
    alert_critical_channel: str = Field(
        alias="alert-critical-channel",
        pattern=r"^(projects/[a-z][a-z0-9-]{4,28}[a-z0-9]/notificationChannels/\d+)?$",
        description="nothing, or a notification channel: projects/PROJECT/notificationChannels/ID",
        examples=["projects/apex-memory-prod/notificationChannels/1234567890"],
    )
