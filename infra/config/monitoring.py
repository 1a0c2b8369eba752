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
