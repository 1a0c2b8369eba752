"""The stack's configuration, typed and validated: a section for each part of the system."""

from infra.config.loading import load, temporal_certificate_end
from infra.config.stack import StackConfig

__all__ = ["StackConfig", "load", "temporal_certificate_end"]
