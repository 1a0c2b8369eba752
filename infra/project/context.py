"""What every part of a stack has in common."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from infra.project.apis import EnabledApis


@dataclass(frozen=True, kw_only=True)
class StackContext:
    """Where a stack's resources are, and what all of them have in common."""

    project: str
    """Id of the Google Cloud project."""
    region: str
    environment: Literal["dev", "staging", "production"]
    labels: Mapping[str, str]
    deletion_protection: bool
    """Whether what can be protected against deletion is."""
    apis: EnabledApis

    @property
    def deletion_policy(self) -> Literal["PREVENT", "DELETE"]:
        """What the provider does when it is told to delete something protected."""
        return "PREVENT" if self.deletion_protection else "DELETE"

    @property
    def zone(self) -> str:
        """The zone of what lives in one.

        `<region>-b`: every region has it (Compute Engine, "Regions and zones"; europe-west1 and
        us-east1 have no `-a`).
        """
        return f"{self.region}-b"
