"""The four databases of a stack."""

from dataclasses import dataclass
from typing import Self

from infra.compute import Connection
from infra.config.databases import DatabasesConfig
from infra.databases.dashboard import databases_dashboard
from infra.databases.neo4j import Neo4j, Neo4jArgs
from infra.databases.operators import Access, OperatorAccess, OperatorAccessArgs
from infra.databases.postgres import Postgres, PostgresArgs
from infra.databases.postgres_extensions import PostgresExtensions, PostgresExtensionsArgs
from infra.databases.qdrant import Qdrant, QdrantArgs
from infra.databases.redis import Redis, RedisArgs
from infra.monitoring import Alert, Dashboard
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

    @property
    def alerts(self) -> list[Alert]:
        """The alerts on all of them."""
        return [
            *self.postgres.alerts,
            *self.redis.alerts,
            *self.neo4j.alerts,
            *self.qdrant.alerts,
        ]

    @property
    def dashboard(self) -> Dashboard:
        """What is seen of all of them."""
        return databases_dashboard(self.qdrant.row)

    @classmethod
    def build(
        cls,
        config: DatabasesConfig,
        ctx: StackContext,
        *,
        network: Network,
        images: ImageRegistry,
        secrets: SecretStore,
    ) -> Self:
        """Builds them, and the operators' way to them where there is one."""
        postgres = Postgres(
            "postgres",
            PostgresArgs(
                ctx=ctx.part("postgres"),
                network=network,
                config=config.postgres,
                backup_retention=config.backup_retention,
                password=secrets["postgres-password"],
            ),
        )
        extensions = PostgresExtensions(
            "postgres-extensions",
            PostgresExtensionsArgs(
                ctx=ctx,
                network=network,
                postgres=postgres.connection,
                image=images.image(config.postgres.client_image),
            ),
        )
        redis = Redis(
            "redis",
            RedisArgs(ctx=ctx.part("redis"), network=network, config=config.redis, secrets=secrets),
        )
        neo4j = Neo4j(
            "neo4j",
            Neo4jArgs(
                ctx=ctx.part("neo4j"),
                network=network,
                images=images,
                config=config.neo4j,
                backup_retention=config.backup_retention,
                password=secrets["neo4j-password"],
            ),
        )
        qdrant = Qdrant(
            "qdrant",
            QdrantArgs(
                ctx=ctx.part("qdrant"),
                network=network,
                images=images,
                config=config.qdrant,
                snapshot_retention=config.backup_retention,
                api_key=secrets["qdrant-api-key"],
            ),
        )
        built = cls(
            postgres=postgres, extensions=extensions, redis=redis, neo4j=neo4j, qdrant=qdrant
        )
        if config.operator_access.enabled:
            built._let_operators_in(config, ctx, network=network, images=images)
        return built

    def _let_operators_in(
        self,
        config: DatabasesConfig,
        ctx: StackContext,
        *,
        network: Network,
        images: ImageRegistry,
    ) -> None:
        OperatorAccess(
            "operator-access",
            OperatorAccessArgs(
                ctx=ctx,
                network=network,
                postgres=Access(
                    connection=self.postgres.connection,
                    image=images.image(config.postgres.client_image),
                ),
                neo4j=Access(
                    connection=self.neo4j.connection, image=images.image(config.neo4j.image)
                ),
                redis=Access(
                    connection=self.redis.connection,
                    image=images.image(config.operator_access.redis_client_image),
                ),
                qdrant=Access(
                    connection=self.qdrant.connection,
                    image=images.image(config.qdrant.snapshot_image),
                ),
                operators=config.operator_access.operators,
            ),
        )
