"""What tests of whole runs need."""

from tests.policies.judged import apex

__all__ = ["apex"]
