"""A whole application: an API behind a load balancer, a worker, two databases, monitoring."""

import sys
from pathlib import Path

import pulumi

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
import infra  # noqa: F401 - what is below is found through it

sys.path.pop(0)

from infra.compute import Api, ApiArgs, Temporal, Worker, WorkerArgs, job_alerts
from infra.config.api import ApiConfig
from infra.config.databases import RedisConfig
from infra.config.monitoring import MonitoringConfig
from infra.config.networking import NetworkConfig
from infra.config.postgres import PostgresConfig
from infra.config.project import BudgetConfig
from infra.config.worker import TemporalConfig, WorkerConfig
from infra.databases import (
    Postgres,
    PostgresArgs,
    PostgresExtensions,
    PostgresExtensionsArgs,
    Redis,
    RedisArgs,
)
from infra.labels import labels
from infra.monitoring import Monitoring, MonitoringArgs
from infra.networking import Network, NetworkArgs
from infra.project import Budget, BudgetArgs, EnabledApis, ImageRegistry, StackContext
from infra.secrets import SecretStore, SecretStoreArgs

config = pulumi.Config()
gcp = pulumi.Config("gcp")

ctx = StackContext(
    project=gcp.require("project"),
    region=gcp.require("region"),
    environment="dev",
    labels=labels(environment="dev", owner="platform", cost_center="examples"),
    deletion_protection=False,
    apis=EnabledApis("apis"),
)
network = Network("network", NetworkArgs(ctx=ctx, config=NetworkConfig()))
images = ImageRegistry("images", ctx=ctx)
values = {
    name: config.require_secret(name)
    for name in ("postgres-password", "temporal-tls-certificate", "temporal-tls-key")
}
secrets = SecretStore("secrets", SecretStoreArgs(ctx=ctx, values=values))

postgres = Postgres(
    "postgres",
    PostgresArgs(
        ctx=ctx,
        network=network,
        config=PostgresConfig(disk_limit=20),
        backup_retention=7,
        password=secrets["postgres-password"],
    ),
)
extensions = PostgresExtensions(
    "postgres-extensions",
    PostgresExtensionsArgs(
        ctx=ctx,
        network=network,
        postgres=postgres.connection,
        image=images.image(config.require("postgres-client-image")),
    ),
)
redis = Redis(
    "redis",
    RedisArgs(ctx=ctx, network=network, config=RedisConfig(), secrets=secrets),
)
databases = [postgres.connection, redis.connection]
temporal = Temporal(
    ctx=ctx,
    config=TemporalConfig(
        address=config.require("temporal-address"), namespace="app", task_queue="app"
    ),
    certificate=secrets["temporal-tls-certificate"],
    key=secrets["temporal-tls-key"],
)

api = Api(
    "api",
    ApiArgs(
        ctx=ctx,
        network=network,
        images=images,
        config=ApiConfig(
            image=config.require("api-image"),
            max_instances=2,
            load_balancer=True,
            domain=config.require("domain"),
            cloud_armor=True,
        ),
        databases=databases,
        secrets={},
        temporal=temporal,
        after=[extensions],
    ),
)
worker = Worker(
    "worker",
    WorkerArgs(
        ctx=ctx,
        network=network,
        images=images,
        config=WorkerConfig(
            image=config.require("worker-image"),
            collector_image=config.require("collector-image"),
            instances=1,
        ),
        databases=databases,
        secrets={},
        temporal=temporal,
        after=[extensions],
    ),
)

monitoring = Monitoring(
    "monitoring",
    MonitoringArgs(
        ctx=ctx,
        config=MonitoringConfig(email=config.require("alert-email")),
        repository=config.require("repository"),
        api_host=api.host,
        dashboards=[*worker.dashboards, api.dashboard],
        alerts=[
            *network.alerts,
            *postgres.alerts,
            *redis.alerts,
            *api.alerts,
            *worker.alerts,
            *job_alerts(ctx.region),
        ],
    ),
)
Budget(
    "budget",
    BudgetArgs(
        ctx=ctx,
        config=BudgetConfig(billing_account=config.require("billing-account")),
        channels=[monitoring.channel],
    ),
)

pulumi.export("url", api.url)
pulumi.export("address", api.address)
