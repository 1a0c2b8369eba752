"""What every part of a stack has in common."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal, Self

from infra.config import Part
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
    """Whether what holds data, or serves it, refuses to be deleted."""
    unprotected: frozenset[Part] = frozenset()
    """The parts that do not, whatever `deletion_protection` says."""
    apis: EnabledApis

    def part(self, part: Part) -> Self:
        """Returns the context of one part, with that part's protection."""
        protected = self.deletion_protection and part not in self.unprotected
        return replace(self, deletion_protection=protected)

    @property
    def zone(self) -> str:
        """The zone of what lives in one.

        `<region>-b`: every region has it (Compute Engine, "Regions and zones"; europe-west1 and
        us-east1 have no `-a`).
        """
        return f"{self.region}-b"
