"""The Apex Memory System on Google Cloud: one stack, built from its configuration."""

import sys
from pathlib import Path

import pulumi

# Pulumi runs this file by its path and puts nothing of the repository on Python's path. The root is
# there for one import, that of the `infra` around this file, and so hides nobody else's modules.
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import infra  # noqa: F401 - what is below is found through it

sys.path.pop(0)

from infra.compute import Api, ApiArgs, Temporal, Worker, WorkerArgs, job_alerts
from infra.config import load, temporal_certificate_end
from infra.databases import Databases
from infra.monitoring import Monitoring, MonitoringArgs
from infra.networking import Network, NetworkArgs
from infra.project import (
    Budget,
    BudgetArgs,
    EnabledApis,
    GitHubPipelines,
    GitHubPipelinesArgs,
    ImageRegistry,
    StackContext,
)
from infra.secrets import SecretStore, SecretStoreArgs

config = load()
ctx = StackContext.of(config.project, apis=EnabledApis("apis"))
network = Network("network", NetworkArgs(ctx=ctx.part("network"), config=config.network))
pipelines = GitHubPipelines("pipelines", GitHubPipelinesArgs(ctx=ctx, config=config.pipelines))
images = ImageRegistry("images", ctx=ctx.part("images"))
secrets = SecretStore("secrets", SecretStoreArgs.of(config.secrets, ctx.part("secrets")))
databases = Databases.build(config.databases, ctx, network=network, images=images, secrets=secrets)
temporal = Temporal(
    ctx=ctx,
    config=config.temporal,
    certificate=secrets["temporal-tls-certificate"],
    key=secrets["temporal-tls-key"],
    certificate_end=temporal_certificate_end(),
)
model_keys = {
    "OPENAI_API_KEY": secrets["openai-api-key"],
    "ANTHROPIC_API_KEY": secrets["anthropic-api-key"],
}
api = Api(
    "api",
    ApiArgs(
        ctx=ctx.part("api"),
        network=network,
        images=images,
        config=config.api,
        databases=databases.connections,
        secrets={**model_keys, "JWT_SECRET_KEY": secrets["jwt-secret-key"]},
        temporal=temporal,
        after=[databases.extensions],
    ),
)
worker = Worker(
    "worker",
    WorkerArgs(
        ctx=ctx.part("worker"),
        network=network,
        images=images,
        config=config.worker,
        databases=databases.connections,
        secrets=model_keys,
        temporal=temporal,
        after=[databases.extensions],
    ),
)
monitoring = Monitoring(
    "monitoring",
    MonitoringArgs(
        ctx=ctx,
        config=config.monitoring,
        repository=config.pipelines.repository,
        api_host=api.host,
        dashboards=[*worker.dashboards, databases.dashboard, api.dashboard],
        alerts=[
            *network.alerts,
            *databases.alerts,
            *temporal.alerts,
            *api.alerts,
            *worker.alerts,
            *job_alerts(ctx.region, ctx.name_prefix),
        ],
    ),
)
Budget("budget", BudgetArgs(ctx=ctx, config=config.budget, channels=[monitoring.channel]))

pulumi.export("project_id", ctx.project)
pulumi.export("region", ctx.region)
pulumi.export("api_url", api.url)
pulumi.export("api_address", api.address)
pulumi.export("api_service", api.service_name)
pulumi.export("worker_pool", worker.pool_name)
pulumi.export("image_repository", images.url)
pulumi.export("network", network.name)
pulumi.export("subnetwork", network.subnetwork_name)
pulumi.export("postgres_connection", databases.postgres.connection_name)
pulumi.export("postgres_private_ip", databases.postgres.private_ip)
pulumi.export("postgres_database", databases.postgres.database_name)
pulumi.export("postgres_user", databases.postgres.user_name)
pulumi.export("neo4j_instance", databases.neo4j.instance_name)
pulumi.export("neo4j_private_ip", databases.neo4j.private_ip)
pulumi.export("redis_host", databases.redis.host)
pulumi.export("qdrant_snapshots", databases.qdrant.snapshots)
pulumi.export("secret_ids", [stored.id for stored in secrets.stored.values()])
pulumi.export("pipeline_providers", pipelines.providers)
pulumi.export("pipeline_identities", pipelines.emails)
