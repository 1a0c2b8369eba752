"""The stack's configuration, typed and validated. Pulumi.yaml declares its keys."""

from infra.config.loading import load, temporal_certificate_end
from infra.config.project import Part
from infra.config.stack import StackConfig
from infra.config.types import PASSWORD_LENGTH, POSTGRES_USER

__all__ = [
    "PASSWORD_LENGTH",
    "POSTGRES_USER",
    "Part",
    "StackConfig",
    "load",
    "temporal_certificate_end",
]
