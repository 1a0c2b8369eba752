"""The stack's configuration as one typed, validated object."""

from infra.config.api import ApiConfig
from infra.config.databases import DatabasesConfig
from infra.config.keys import ConfigSection
from infra.config.monitoring import MonitoringConfig
from infra.config.networking import NetworkConfig
from infra.config.project import BudgetConfig, PipelinesConfig, ProjectConfig
from infra.config.secrets import SecretsConfig
from infra.config.worker import TemporalConfig, WorkerConfig


class StackConfig(ConfigSection):
    """What differs between stacks: each part of the system takes its own section.

    Pulumi.yaml declares the same keys with the same defaults, for Pulumi's command line:
    `python -m scripts.config_keys` writes them there.
    """

    project: ProjectConfig
    budget: BudgetConfig
    pipelines: PipelinesConfig
    network: NetworkConfig
    databases: DatabasesConfig
    api: ApiConfig
    temporal: TemporalConfig
    worker: WorkerConfig
    monitoring: MonitoringConfig
    secrets: SecretsConfig
