"""The stack's configuration, typed and validated. Pulumi.yaml declares its keys."""

from infra.config.loading import load, temporal_certificate_end
from infra.config.project import Part
from infra.config.stack import StackConfig
from infra.config.types import PASSWORD_LENGTH, POSTGRES_USER, is_sample

__all__ = [
    "PASSWORD_LENGTH",
    "POSTGRES_USER",
    "Part",
    "StackConfig",
    "is_sample",
    "load",
    "temporal_certificate_end",
]
