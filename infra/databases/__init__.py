"""The databases."""

from infra.databases.neo4j import Neo4j, Neo4jArgs
from infra.databases.postgres import Postgres, PostgresArgs

__all__ = ["Neo4j", "Neo4jArgs", "Postgres", "PostgresArgs"]
