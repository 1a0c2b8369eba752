"""Keys of the monitoring."""

from infra.config.keys import ConfigSection, key


class MonitoringConfig(ConfigSection):
    """Who hears of alerts."""

    email: str = key(
        "alert-email",
        "Where alerts go.",
        expected="an e-mail address",
        example="apex-memory-alerts@example.com",
        default="apex-memory-alerts@example.com",
        pattern=r"^[^@\s]+@[^@\s]+\.[^@\s.]+$",
    )
    critical_channel: str = key(
        "alert-critical-channel",
        "A second notification channel, for critical alerts: PagerDuty, a webhook, or any other "
        "that was made in Cloud Monitoring, which keeps its credential. Empty for none.",
        expected="nothing, or a notification channel: projects/PROJECT/notificationChannels/ID",
        example="projects/apex-memory-prod/notificationChannels/1234567890",
        default="",
        pattern=r"^(projects/[a-z][a-z0-9-]{4,28}[a-z0-9]/notificationChannels/\d+)?$",
    )
