"""What the integration tests share with the engine's: the Pulumi CLI."""

from tests.engine.conftest import path

__all__ = ["path"]
