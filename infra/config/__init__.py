"""The stack's configuration, typed and validated. Pulumi.yaml declares its keys."""

from infra.config.api import ApiConfig
from infra.config.databases import (
    DatabasesConfig,
    Neo4jConfig,
    OperatorAccessConfig,
    QdrantConfig,
    RedisConfig,
)
from infra.config.keys import Environment
from infra.config.loading import load, temporal_certificate_end
from infra.config.monitoring import MonitoringConfig
from infra.config.networking import NetworkConfig
from infra.config.postgres import PostgresConfig
from infra.config.project import BudgetConfig, Part, PipelinesConfig, ProjectConfig
from infra.config.secrets import SecretsConfig
from infra.config.stack import StackConfig
from infra.config.types import PASSWORD_LENGTH, POSTGRES_USER
from infra.config.worker import TemporalConfig, WorkerConfig

__all__ = [
    "PASSWORD_LENGTH",
    "POSTGRES_USER",
    "ApiConfig",
    "BudgetConfig",
    "DatabasesConfig",
    "Environment",
    "MonitoringConfig",
    "Neo4jConfig",
    "NetworkConfig",
    "OperatorAccessConfig",
    "Part",
    "PipelinesConfig",
    "PostgresConfig",
    "ProjectConfig",
    "QdrantConfig",
    "RedisConfig",
    "SecretsConfig",
    "StackConfig",
    "TemporalConfig",
    "WorkerConfig",
    "load",
    "temporal_certificate_end",
]
