"""Three databases on private addresses, and one service that uses all of them."""

import sys
from pathlib import Path

import pulumi

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
import infra  # noqa: F401 - what is below is found through it

sys.path.pop(0)

from infra.compute import CloudRunService, CloudRunServiceArgs
from infra.config.databases import Neo4jConfig, RedisConfig
from infra.config.networking import NetworkConfig
from infra.config.postgres import PostgresConfig
from infra.databases import Neo4j, Neo4jArgs, Postgres, PostgresArgs, Redis, RedisArgs
from infra.labels import labels
from infra.networking import Network, NetworkArgs
from infra.project import EnabledApis, ImageRegistry, StackContext
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
passwords = {name: config.require_secret(name) for name in ("postgres-password", "neo4j-password")}
secrets = SecretStore("secrets", SecretStoreArgs(ctx=ctx, values=passwords))

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
neo4j = Neo4j(
    "neo4j",
    Neo4jArgs(
        ctx=ctx,
        network=network,
        images=images,
        config=Neo4jConfig(image=config.require("neo4j-image")),
        backup_retention=7,
        password=secrets["neo4j-password"],
    ),
)
redis = Redis(
    "redis",
    RedisArgs(ctx=ctx, network=network, config=RedisConfig(), secrets=secrets),
)

# It gets each database's variables and secrets, a way to it, and access to nothing else.
service = CloudRunService(
    "memory-service",
    CloudRunServiceArgs(
        ctx=ctx,
        network=network,
        description="Uses three databases.",
        image=config.require("image"),
        ingress="INTERNAL_ONLY",
        health_path="/",
        databases=[postgres.connection, neo4j.connection, redis.connection],
    ),
)

pulumi.export("url", service.url)
pulumi.export("postgres_connection", postgres.connection_name)
