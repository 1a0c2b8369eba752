"""What tests of a fleet's tables start."""

from tests.policies.judged import apex

__all__ = ["apex"]
