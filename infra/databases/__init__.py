"""The databases."""

from infra.databases.databases import Databases
from infra.databases.neo4j import Neo4j, Neo4jArgs
from infra.databases.postgres import Postgres, PostgresArgs
from infra.databases.postgres_extensions import PostgresExtensions, PostgresExtensionsArgs
from infra.databases.qdrant import Qdrant, QdrantArgs
from infra.databases.redis import Redis, RedisArgs

__all__ = [
    "Databases",
    "Neo4j",
    "Neo4jArgs",
    "Postgres",
    "PostgresArgs",
    "PostgresExtensions",
    "PostgresExtensionsArgs",
    "Qdrant",
    "QdrantArgs",
    "Redis",
    "RedisArgs",
]
