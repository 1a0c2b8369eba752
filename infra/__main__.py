"""The Apex Memory System on Google Cloud: one stack, built from its configuration."""

import sys
from pathlib import Path

import pulumi

# Pulumi runs this file by its path and puts nothing of the repository on Python's path. The root is
# there for one import, that of the `infra` around this file, and so hides nobody else's modules.
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import infra  # noqa: F401 - what is below is found through it

sys.path.pop(0)

from infra.compute import Api, ApiArgs, Temporal, Worker, WorkerArgs
from infra.config import load, temporal_certificate_end
from infra.databases import Databases
from infra.databases.operators import Access, OperatorAccess, OperatorAccessArgs
from infra.databases.postgres import instance_name
from infra.images import is_sample
from infra.labels import labels
from infra.monitoring import Monitoring, MonitoringArgs, Watched
from infra.networking import ConnectorArgs, Network, NetworkArgs
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
from infra.worker_release import build_of

config = load()
ctx = StackContext(
    project=config.project,
    region=config.region,
    environment=config.environment,
    labels=labels(
        environment=config.environment, owner=config.owner, cost_center=config.cost_center
    ),
    deletion_protection=config.deletion_protection,
    unprotected=config.unprotected,
    apis=EnabledApis("apis"),
)

network = Network(
    "network",
    NetworkArgs(
        ctx=ctx.part("network"),
        subnet_cidr=config.subnet_cidr,
        private_services_cidr=config.private_services_cidr,
        connector=(
            ConnectorArgs(name=config.vpc_connector, cidr=config.vpc_connector_cidr)
            if config.vpc_connector
            else None
        ),
    ),
)

pipelines = GitHubPipelines(
    "pipelines",
    GitHubPipelinesArgs(
        ctx=ctx,
        name_suffix=config.name_suffix,
        repository=config.github_repository,
        repository_id=config.github_repository_id,
    ),
)

images = ImageRegistry("images", ctx=ctx.part("images"))

secrets = SecretStore(
    "secrets",
    SecretStoreArgs(
        ctx=ctx.part("secrets"),
        values=config.secrets,
        version=config.secrets_version,
        rotations=config.secret_rotations,
    ),
)

databases = Databases.build(config, ctx, network=network, images=images, secrets=secrets)

if config.operator_access:
    OperatorAccess(
        "operator-access",
        OperatorAccessArgs(
            ctx=ctx,
            network=network,
            postgres=Access(
                connection=databases.postgres.connection,
                image=images.image(config.postgres_client_image),
            ),
            neo4j=Access(
                connection=databases.neo4j.connection, image=images.image(config.neo4j_image)
            ),
            redis=Access(
                connection=databases.redis.connection,
                image=images.image(config.redis_client_image),
            ),
            qdrant=Access(
                connection=databases.qdrant.connection,
                image=images.image(config.qdrant_snapshot_image),
            ),
            operators=config.operators,
        ),
    )

temporal = Temporal(
    address=config.temporal_address,
    namespace=config.temporal_namespace,
    task_queue=config.temporal_task_queue,
    certificate=secrets["temporal-tls-certificate"],
    key=secrets["temporal-tls-key"],
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
        image=images.image(config.api_image),
        cpu=config.api_cpu,
        memory=config.api_memory,
        min_instances=config.min_instances,
        max_instances=config.max_instances,
        release=config.api_release,
        databases=databases.connections,
        secrets={**model_keys, "JWT_SECRET_KEY": secrets["jwt-secret-key"]},
        temporal=temporal,
        after=[databases.extensions],
        domain_restricted_sharing=config.domain_restricted_sharing,
        domain=config.api_domain,
        armor=config.cloud_armor,
        rate_limit=config.api_rate_limit,
    ),
)

worker = Worker(
    "worker",
    WorkerArgs(
        ctx=ctx.part("worker"),
        network=network,
        image=images.image(config.worker_image),
        build=build_of(config.worker_image),
        release=config.worker_release,
        collector_image=images.image(config.collector_image),
        cpu=config.worker_cpu,
        memory=config.worker_memory,
        instances=config.worker_instances,
        autoscaled=config.worker_autoscaled,
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
        email=config.alert_email,
        critical_channel=config.alert_critical_channel,
        repository=config.github_repository,
        api_host=api.host,
        watched=Watched(
            project=config.project,
            region=config.region,
            postgres_instance=instance_name(config.name_suffix, config.database_instance),
            neo4j_instance=databases.neo4j.machine,
            qdrant_service=databases.qdrant.service,
            qdrant_instance=databases.qdrant.machine,
            qdrant_snapshot_period=databases.qdrant.snapshot_period,
            worker_pool="apex-worker" if config.workers_always_run else None,
            temporal_certificate_end=temporal_certificate_end(),
            worker_metrics=config.workers_always_run and not is_sample(config.worker_image),
        ),
    ),
)

Budget(
    "budget",
    BudgetArgs(
        ctx=ctx,
        billing_account=config.billing_account,
        amount=config.budget_amount,
        currency=config.budget_currency,
        channels=[monitoring.channel],
    ),
)

pulumi.export("project_id", config.project)
pulumi.export("region", config.region)
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
