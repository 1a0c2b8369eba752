"""Cloud SQL instances: which engine one runs, and whether it has its own data."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from policies.model.resource import Resource

INSTANCE = "gcp:sql/databaseInstance:DatabaseInstance"


@cache
def runs(*engines: str) -> Callable[[Resource], bool]:
    """Whether an instance runs one of some engines, such as POSTGRES: a rule's `when`.

    The same function for the same engines, so that their rules are a family.
    """
    return lambda instance: str(instance.get("databaseVersion")).startswith(engines)


def is_primary(instance: Resource) -> bool:
    """Whether an instance has its own data. A read replica has its primary's, and its backups."""
    return not instance.is_set("masterInstanceName")


def is_primary_of(*engines: str) -> Callable[[Resource], bool]:
    """Whether an instance is the primary of one of some engines: a rule's `when`."""
    of_engine = runs(*engines)
    return lambda instance: is_primary(instance) and of_engine(instance)
