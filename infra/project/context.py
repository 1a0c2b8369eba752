"""What every part of a stack has in common."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Self

from infra.config.keys import Environment
from infra.config.project import Part, ProjectConfig
from infra.labels import labels
from infra.names import prefixed
from infra.project.apis import EnabledApis


@dataclass(frozen=True, kw_only=True)
class StackContext:
    """Where a stack's resources are, and what all of them have in common."""

    project: str
    """Id of the Google Cloud project."""
    region: str
    environment: Environment
    labels: Mapping[str, str]
    deletion_protection: bool
    """Whether what holds data, or serves it, refuses to be deleted."""
    unprotected: frozenset[Part] = frozenset()
    """The parts that do not, whatever `deletion_protection` says."""
    name_prefix: str = ""
    """What every name begins with, where the project has more than one copy of the system."""
    name_suffix: str = ""
    """Appended to the names that cannot be used again for a while after deletion."""
    apis: EnabledApis

    @classmethod
    def of(cls, config: ProjectConfig, apis: EnabledApis) -> Self:
        """Returns the context of a stack that is configured like this."""
        return cls(
            project=config.project,
            region=config.region,
            environment=config.environment,
            labels=labels(
                environment=config.environment, owner=config.owner, cost_center=config.cost_center
            ),
            deletion_protection=config.deletion_protection,
            unprotected=config.unprotected,
            name_prefix=config.name_prefix,
            name_suffix=config.name_suffix,
            apis=apis,
        )

    def name(self, name: str) -> str:
        """Returns what something is called in Google Cloud."""
        return prefixed(self.name_prefix, name)

    def lasting_name(self, name: str) -> str:
        """Returns what something is called that keeps its name for a while after its deletion."""
        return "-".join(filter(None, (self.name(name), self.name_suffix)))

    def title(self, text: str) -> str:
        """Returns what people read of something that has another name for machines."""
        return f"{text} ({self.name_prefix})" if self.name_prefix else text

    @property
    def copy(self) -> str:
        """What people call this copy of the system: `dev`, or with a prefix `dev-blue`."""
        return "-".join(filter(None, (self.environment, self.name_prefix)))

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
