"""Cloud SQL instances: which engine one runs, and whether it has its own data."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from policies.model.resource import Resource
from policies.model.value import UNKNOWN
from policies.model.view import UndecidedError

INSTANCE = "gcp:sql/databaseInstance:DatabaseInstance"


@cache
def runs(*engines: str) -> Callable[[Resource], bool]:
    """Whether an instance runs, or may run, one of some engines, such as POSTGRES: a rule's `when`.

    The same function for the same engines, so that their rules are a family.
    """

    def may_run(instance: Resource) -> bool:
        given = instance.peek("databaseVersion")
        return given is UNKNOWN or str(given).startswith(engines)

    return may_run


def version(instance: Resource) -> str:
    """The `databaseVersion`; "" where it is left out.

    Raises:
        UndecidedError: it is not known before deployment.
    """
    given = instance.peek("databaseVersion", omitted="")
    if given is UNKNOWN:
        raise UndecidedError("databaseVersion")
    return str(given)


def is_primary(instance: Resource) -> bool:
    """Whether an instance has its own data. A read replica has its primary's, and its backups."""
    return not instance.is_set("masterInstanceName")
