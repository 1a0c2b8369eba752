"""A whole application: an API behind a load balancer, a worker, two databases, monitoring."""

import sys
from ipaddress import IPv4Network
from pathlib import Path

import pulumi

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
import infra  # noqa: F401 - what is below is found through it

sys.path.pop(0)

from infra.compute import Api, ApiArgs, Temporal, Worker, WorkerArgs
from infra.databases import (
    Postgres,
    PostgresArgs,
    PostgresExtensions,
    PostgresExtensionsArgs,
    Redis,
    RedisArgs,
)
from infra.labels import labels
from infra.monitoring import Monitoring, MonitoringArgs, Watched
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
network = Network(
    "network",
    NetworkArgs(
        ctx=ctx,
        subnet_cidr=IPv4Network("10.10.0.0/20"),
        private_services_cidr=IPv4Network("10.20.0.0/16"),
    ),
)
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
        name_suffix="",
        public_ip=False,
        tier="db-f1-micro",
        high_availability=False,
        backup_retention=7,
        disk_size=10,
        disk_limit=20,
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
    RedisArgs(ctx=ctx, network=network, secrets=secrets, tier="BASIC", memory_size=1),
)
databases = [postgres.connection, redis.connection]
temporal = Temporal(
    address=config.require("temporal-address"),
    namespace="app",
    task_queue="app",
    certificate=secrets["temporal-tls-certificate"],
    key=secrets["temporal-tls-key"],
)

api = Api(
    "api",
    ApiArgs(
        ctx=ctx,
        network=network,
        image=images.image(config.require("api-image")),
        cpu="1",
        memory="1Gi",
        min_instances=0,
        max_instances=2,
        databases=databases,
        secrets={},
        temporal=temporal,
        after=[extensions],
        domain=config.require("domain"),
        armor=True,
        rate_limit=600,
    ),
)
worker = Worker(
    "worker",
    WorkerArgs(
        ctx=ctx,
        network=network,
        image=images.image(config.require("worker-image")),
        collector_image=config.require("collector-image"),
        cpu="1",
        memory="1Gi",
        instances=1,
        autoscaled=False,
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
        email=config.require("alert-email"),
        repository=config.require("repository"),
        api_host=api.host,
        watched=Watched(project=ctx.project, region=ctx.region, worker_pool="apex-worker"),
    ),
)
Budget(
    "budget",
    BudgetArgs(
        ctx=ctx,
        billing_account=config.require("billing-account"),
        amount=100,
        channels=[monitoring.channel],
    ),
)

pulumi.export("url", api.url)
pulumi.export("address", api.address)
