"""Which resources the internet reaches by themselves, and by which of their inputs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from apex_guardrails.gcp.databases import PUBLIC_ADDRESS
from apex_guardrails.gcp.functions import EVERYWHERE, FUNCTIONS, INGRESS
from apex_guardrails.gcp.load_balancers import SCHEME, is_external
from apex_guardrails.gcp.run import SERVICES, open_path
from apex_guardrails.gcp.types import CONTAINER_CLUSTER
from apex_guardrails.model.resource import Resource
from apex_guardrails.model.view import UndecidedError
from apex_guardrails.network.addresses import FORWARDING
from apex_guardrails.network.clusters import public_path
from apex_guardrails.network.facts import facts_of
from apex_guardrails.network.hosts import GROUPS, MACHINES


def find_entrance(resource: Resource) -> str | None:
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
    public = PUBLIC_ADDRESS[instance.type.token]
    return public.path if public.get(instance) is not False else None


def _load_balancer(rule: Resource) -> str | None:
    return SCHEME.path if is_external(rule) else None


def _function(function: Resource) -> str | None:
    ingress = INGRESS[function.type.token]
    return ingress.path if ingress.get(function) == EVERYWHERE else None


_BY_TYPE: Final[dict[str, Callable[[Resource], str | None]]] = {
    **dict.fromkeys(SERVICES, open_path),
    **dict.fromkeys((*MACHINES, *GROUPS), _machine),
    **dict.fromkeys(PUBLIC_ADDRESS, _database),
    **dict.fromkeys(FORWARDING, _load_balancer),
    **dict.fromkeys(FUNCTIONS, _function),
    CONTAINER_CLUSTER: public_path,
}
ENTRANCES: Final = tuple(_BY_TYPE)
"""The types that may be reached from the internet."""
