"""Temporal, which hands out the work."""

from collections.abc import Mapping
from dataclasses import dataclass

from infra.config import TemporalConfig
from infra.secrets import StoredSecret


@dataclass(frozen=True, kw_only=True)
class Temporal:
    """Temporal as its clients see it, the API that starts workflows and the workers alike."""

    config: TemporalConfig
    certificate: StoredSecret
    """The client's certificate, in PEM."""
    key: StoredSecret
    """The certificate's private key, in PEM."""

    @property
    def environment(self) -> Mapping[str, str]:
        """Environment variables that are no secret."""
        return {
            "TEMPORAL_ADDRESS": self.config.address,
            "TEMPORAL_NAMESPACE": self.config.namespace,
            "TEMPORAL_TASK_QUEUE": self.config.task_queue,
        }

    @property
    def secrets(self) -> Mapping[str, StoredSecret]:
        """Environment variables whose value is a secret."""
        return {
            "TEMPORAL_TLS_CERTIFICATE": self.certificate,
            "TEMPORAL_TLS_KEY": self.key,
        }
