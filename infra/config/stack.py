"""The stack's configuration as one typed, validated object."""

from collections.abc import Mapping

import pulumi

from infra.config.compute import ApiConfig, WorkerConfig
from infra.config.databases import Neo4jConfig, PostgresConfig, QdrantConfig, RedisConfig
from infra.config.monitoring import MonitoringConfig
from infra.config.networking import NetworkConfig
from infra.config.operators import OperatorsConfig
from infra.config.project import ProjectConfig
from infra.config.secrets import SecretsConfig


# Pydantic takes the fields of the last base first: ProjectConfig's, which others look at.
class StackConfig(
    SecretsConfig,
    MonitoringConfig,
    WorkerConfig,
    ApiConfig,
    OperatorsConfig,
    QdrantConfig,
    RedisConfig,
    Neo4jConfig,
    PostgresConfig,
    NetworkConfig,
    ProjectConfig,
):
    """What differs between stacks.

    Every key but `gcp:project` and `gcp:region` is declared in Pulumi.yaml, where its default
    stands too: Pulumi fills defaults in before the program runs, so a key that is missing here has
    none.
    """

    @property
    def secrets(self) -> Mapping[str, pulumi.Output[str]]:
        """Every secret value by its key."""
        return {
            str(field.alias): getattr(self, name)
            for name, field in StackConfig.model_fields.items()
            if field.annotation == pulumi.Output[str]
        }
