"""Databases: whether one has a public address; of Cloud SQL, which engine and whose settings."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from apex_guardrails.gcp.inputs import Input
from apex_guardrails.gcp.references import Named
from apex_guardrails.gcp.types import (
    ALLOYDB_INSTANCE,
    MEMCACHE_INSTANCE,
    MEMORYSTORE_INSTANCE,
    REDIS_CLUSTER,
    REDIS_INSTANCE,
    SQL_DATABASE_INSTANCE,
)
from apex_guardrails.model import case
from apex_guardrails.model.case import Case
from apex_guardrails.model.resource import Resource
from apex_guardrails.model.value import is_true
from apex_guardrails.model.view import UndecidedError

PUBLIC_ADDRESS = {
    SQL_DATABASE_INSTANCE: Input("settings.ipConfiguration.ipv4Enabled", omitted=True),
    ALLOYDB_INSTANCE: Input("networkConfig.enablePublicIp", omitted=False),
}
"""Where a database says that it has a public address. Omitted: in Cloud SQL it has one (Cloud SQL
Admin API, ipConfiguration, 2026-11), in AlloyDB it has none (AlloyDB API, networkConfig, 2026-11).
"""

MEMORYSTORES = (REDIS_INSTANCE, REDIS_CLUSTER, MEMORYSTORE_INSTANCE, MEMCACHE_INSTANCE)
"""These have private addresses only (Memorystore documentation, "Networking", 2026-11)."""

PRIVATE_DATABASES = (*PUBLIC_ADDRESS, *MEMORYSTORES)
"""The types of databases that may have no public address."""


def is_private_database(database: Resource) -> bool:
    """Whether a database has no public address, over which it could be reached, too.

    Raises:
        UndecidedError: it is not known before deployment.
    """
    public = PUBLIC_ADDRESS.get(database.type.token)
    return public is None or not is_true(public.get(database))


def is_left_to_source(instance: Resource) -> bool:
    """Whether it says no settings, as a clone may: it has those of what it is a clone of."""
    return instance.is_set("clone") and not instance.is_set("settings")


def says_settings(instance: Resource) -> bool:
    """Whether its settings are its own: a rule's `when`. Those of the stack's are judged there.

    Raises:
        UndecidedError: they are those of an instance of another stack.
        DependenciesUnknownError: the source does not know yet whose they are.
    """
    if not is_left_to_source(instance):
        return True
    path = "clone.sourceInstanceName"
    # Which resources there are is known when what they are made from is.
    list(instance.sources(path))
    if not any(
        source.urn != instance.urn
        for source in Named(instance.stack, SQL_DATABASE_INSTANCE).at(instance, path)
    ):
        raise UndecidedError(path)
    return False


def runs_engine(*engines: str) -> Callable[[Resource], bool]:
    """Whether an instance with settings runs one of some engines, POSTGRES say: a rule's `when`."""
    return lambda instance: (
        not is_left_to_source(instance) and str(instance.get("databaseVersion")).startswith(engines)
    )


def is_primary(instance: Resource) -> bool:
    """Whether an instance has its own data and settings.

    A read replica has its primary's data and backups, a clone that says no settings its source's.
    """
    return not (instance.is_set("masterInstanceName") or is_left_to_source(instance))


def is_primary_of(*engines: str) -> Callable[[Resource], bool]:
    """Whether an instance is the primary of one of some engines: a rule's `when`."""
    of_engine = runs_engine(*engines)
    return lambda instance: is_primary(instance) and of_engine(instance)


def clone_cases(wrong: Mapping[str, object]) -> Iterator[Case]:
    """The cases of a rule about settings as it meets clones.

    Args:
        wrong: settings that the rule forbids.
    """
    path, source = (
        "sourceInstanceName",
        case.resource(SQL_DATABASE_INSTANCE, "source", settings=wrong),
    )
    yield case.not_applicable(case.resource(clone={path: case.output_of("source")}), source)
    yield case.not_applicable(
        case.resource(clone={path: "source"}),
        case.resource(SQL_DATABASE_INSTANCE, "source", name="source"),
    )
    yield case.undecided(clone={path: "of-another-stack"})
    yield case.undecided(clone={path: case.UNKNOWN})
    yield case.fails(clone={path: "of-another-stack"}, settings=wrong)
