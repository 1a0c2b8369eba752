"""Which resources the internet reaches by themselves, and by which of their inputs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from apex_guardrails.gcp.load_balancers import EXTERNAL
from apex_guardrails.gcp.run import SERVICES, open_path
from apex_guardrails.gcp.types import ALLOYDB_INSTANCE, CONTAINER_CLUSTER, SQL_DATABASE_INSTANCE
from apex_guardrails.model.resource import Resource
from apex_guardrails.model.view import UndecidedError
from apex_guardrails.network.addresses import FORWARDING
from apex_guardrails.network.clusters import public_path
from apex_guardrails.network.endpoints import FUNCTIONS
from apex_guardrails.network.facts import facts_of
from apex_guardrails.network.hosts import GROUPS, MACHINES


def entrance(resource: Resource) -> str | None:
    """The input by which a resource is reached from the internet; `None` where it is not.

    Whether anybody is asked who he is says nothing here: there is a door.

    Raises:
        UndecidedError: it is not known before deployment, or another stack says it.
    """
    return _BY_TYPE[resource.type.token](resource)


def _machine(machine: Resource) -> str | None:
    """Of a machine, or of the machines of a group; of several templates one is enough."""
    perhaps: str | None = None
    for host in facts_of(machine.stack).by_urn[machine.urn]:
        if host.has_address:
            return host.address_path
        if host.has_address is None:
            perhaps = perhaps or host.address_path
    if perhaps is not None:
        raise UndecidedError(perhaps, machine)
    return None


def _database(instance: Resource) -> str | None:
    path = "settings.ipConfiguration.ipv4Enabled"
    # Omitted: a public address (Cloud SQL Admin API, 2026-11).
    return path if instance.get(path, omitted=True) is not False else None


def _alloydb(instance: Resource) -> str | None:
    path = "networkConfig.enablePublicIp"
    # Omitted: no public address (AlloyDB API, networkConfig, 2026-11).
    return path if instance.get(path, omitted=False) is not False else None


def _load_balancer(rule: Resource) -> str | None:
    path = "loadBalancingScheme"
    # Omitted: external (the provider's default).
    return path if rule.get(path, omitted="EXTERNAL") in EXTERNAL else None


def _function(path: str) -> Callable[[Resource], str | None]:
    def check(function: Resource) -> str | None:
        # Omitted: from everywhere (the provider's default).
        return path if function.get(path, omitted="ALLOW_ALL") == "ALLOW_ALL" else None

    return check


_BY_TYPE: Final[dict[str, Callable[[Resource], str | None]]] = {
    **dict.fromkeys(SERVICES, open_path),
    **dict.fromkeys((*MACHINES, *GROUPS), _machine),
    SQL_DATABASE_INSTANCE: _database,
    ALLOYDB_INSTANCE: _alloydb,
    **dict.fromkeys(FORWARDING, _load_balancer),
    FUNCTIONS[0]: _function("serviceConfig.ingressSettings"),
    FUNCTIONS[1]: _function("ingressSettings"),
    CONTAINER_CLUSTER: public_path,
}
ENTRANCES: Final = tuple(_BY_TYPE)
"""The types that may be reached from the internet."""
