"""The stack's configuration, typed and validated. Pulumi.yaml declares its keys."""

from infra.config.loading import load
from infra.config.stack import StackConfig

__all__ = ["StackConfig", "load"]
