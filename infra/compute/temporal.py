"""Temporal, which hands out the work."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from infra.compute.temporal_alerts import certificate_expiring
from infra.config.worker import TemporalConfig
from infra.monitoring import THRESHOLDS, Alert
from infra.project import StackContext
from infra.secrets import StoredSecret


@dataclass(frozen=True, kw_only=True)
class Temporal:
    """Temporal as its clients see it, the API that starts workflows and the workers alike."""

    ctx: StackContext
    config: TemporalConfig
    certificate: StoredSecret
    """The client's certificate, in PEM."""
    key: StoredSecret
    """The certificate's private key, in PEM."""
    certificate_end: datetime | None = None
    """When the certificate ends; None where there is none, or nobody knows."""

    @property
    def environment(self) -> Mapping[str, str]:
        """Environment variables that are no secret."""
        return {
            "TEMPORAL_ADDRESS": self.config.address,
            "TEMPORAL_NAMESPACE": self.config.namespace,
            "TEMPORAL_TASK_QUEUE": self.config.task_queue,
        }

    @property
    def alerts(self) -> Sequence[Alert]:
        """The alert on its certificate."""
        if self.certificate_end is None:
            return []
        thresholds = THRESHOLDS[self.ctx.environment]
        return [
            certificate_expiring(thresholds, end=self.certificate_end, project=self.ctx.project)
        ]

    @property
    def secrets(self) -> Mapping[str, StoredSecret]:
        """Environment variables whose value is a secret."""
        return {
            "TEMPORAL_TLS_CERTIFICATE": self.certificate,
            "TEMPORAL_TLS_KEY": self.key,
        }
