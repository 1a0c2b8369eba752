"""The four databases of a stack."""

from dataclasses import dataclass
from typing import Self

from infra.compute import Connection
from infra.config import StackConfig
from infra.databases.neo4j import Neo4j, Neo4jArgs
from infra.databases.postgres import Postgres, PostgresArgs
from infra.databases.postgres_extensions import PostgresExtensions, PostgresExtensionsArgs
from infra.databases.qdrant import Qdrant, QdrantArgs
from infra.databases.redis import Redis, RedisArgs
from infra.networking import Network
from infra.project import ImageRegistry, StackContext
from infra.secrets import SecretStore


@dataclass(frozen=True, kw_only=True)
class Databases:
    """The four databases, as the stack's configuration has them."""

    postgres: Postgres
    extensions: PostgresExtensions
    """What needs vector or pgaudit comes after it."""
    redis: Redis
    neo4j: Neo4j
    qdrant: Qdrant

    @property
    def connections(self) -> list[Connection]:
        """What a workload is given that uses all of them."""
        return [
            self.postgres.connection,
            self.neo4j.connection,
            self.redis.connection,
            self.qdrant.connection,
        ]

    @classmethod
    def build(
        cls,
        config: StackConfig,
        ctx: StackContext,
        *,
        network: Network,
        images: ImageRegistry,
        secrets: SecretStore,
    ) -> Self:
        """Builds them."""
        postgres = Postgres(
            "postgres",
            PostgresArgs(
                ctx=ctx.part("postgres"),
                network=network,
                name_suffix=config.name_suffix,
                restored=config.database_instance,
                public_ip=config.database_public_ip,
                tier=config.database_tier,
                high_availability=config.database_high_availability,
                backup_retention=config.database_backup_retention,
                disk_size=config.database_disk_size,
                disk_limit=config.database_disk_limit,
                password=secrets["postgres-password"],
            ),
        )

        extensions = PostgresExtensions(
            "postgres-extensions",
            PostgresExtensionsArgs(
                ctx=ctx,
                network=network,
                postgres=postgres.connection,
                image=images.image(config.postgres_client_image),
            ),
        )

        redis = Redis(
            "redis",
            RedisArgs(
                ctx=ctx.part("redis"),
                network=network,
                secrets=secrets,
                tier=config.redis_tier,
                memory_size=config.redis_memory_size,
            ),
        )

        neo4j = Neo4j(
            "neo4j",
            Neo4jArgs(
                ctx=ctx.part("neo4j"),
                network=network,
                images=images,
                image=images.image(config.neo4j_image),
                machine_type=config.neo4j_machine_type,
                disk_size=config.neo4j_disk_size,
                backup_retention=config.database_backup_retention,
                password=secrets["neo4j-password"],
            ),
        )

        qdrant = Qdrant(
            "qdrant",
            QdrantArgs(
                ctx=ctx.part("qdrant"),
                network=network,
                images=images,
                runtime=config.qdrant_runtime,
                image=images.image(config.qdrant_image),
                memory=config.qdrant_memory,
                api_key=secrets["qdrant-api-key"],
                snapshot_image=images.image(config.qdrant_snapshot_image),
                snapshot_schedule=config.qdrant_snapshot_schedule,
                snapshot_retention=config.database_backup_retention,
            ),
        )
        return cls(
            postgres=postgres, extensions=extensions, redis=redis, neo4j=neo4j, qdrant=qdrant
        )
