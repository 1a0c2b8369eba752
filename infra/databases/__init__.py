"""The databases."""

from infra.databases.postgres import Postgres, PostgresArgs

__all__ = ["Postgres", "PostgresArgs"]
