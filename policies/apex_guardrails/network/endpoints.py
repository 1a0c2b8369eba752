"""Network endpoint groups: what their endpoints are, and at which ports.

Source: Cloud Load Balancing documentation, "Network endpoint groups overview", "Hybrid connectivity
NEGs", "Private Service Connect NEGs" and "Serverless NEGs" (2026-11).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, TypeAlias

from apex_guardrails.gcp.functions import FUNCTIONS
from apex_guardrails.gcp.networks import ports_of
from apex_guardrails.gcp.run import SERVICES
from apex_guardrails.gcp.types import (
    COMPUTE_GLOBAL_NETWORK_ENDPOINT,
    COMPUTE_GLOBAL_NETWORK_ENDPOINT_GROUP,
    COMPUTE_NETWORK_ENDPOINT,
    COMPUTE_NETWORK_ENDPOINT_GROUP,
    COMPUTE_NETWORK_ENDPOINT_LIST,
    COMPUTE_REGION_NETWORK_ENDPOINT,
    COMPUTE_REGION_NETWORK_ENDPOINT_GROUP,
    COMPUTE_SERVICE_ATTACHMENT,
)
from apex_guardrails.model.resource import Resource
from apex_guardrails.model.value import UNKNOWN, Value
from apex_guardrails.model.view import View
from apex_guardrails.network.addresses import FORWARDING, MANAGED, at_address
from apex_guardrails.network.hosts import MACHINES
from apex_guardrails.network.references import References, read_list

ENDPOINT_GROUPS: Final = (
    COMPUTE_REGION_NETWORK_ENDPOINT_GROUP,
    COMPUTE_NETWORK_ENDPOINT_GROUP,
    COMPUTE_GLOBAL_NETWORK_ENDPOINT_GROUP,
)

_ENDPOINTS: Final = {
    COMPUTE_REGION_NETWORK_ENDPOINT_GROUP: COMPUTE_REGION_NETWORK_ENDPOINT,
    COMPUTE_NETWORK_ENDPOINT_GROUP: COMPUTE_NETWORK_ENDPOINT,
    COMPUTE_GLOBAL_NETWORK_ENDPOINT_GROUP: COMPUTE_GLOBAL_NETWORK_ENDPOINT,
}
_GROUP: Final = {
    COMPUTE_REGION_NETWORK_ENDPOINT_GROUP: "regionNetworkEndpointGroup",
    COMPUTE_NETWORK_ENDPOINT_GROUP: "networkEndpointGroup",
    COMPUTE_GLOBAL_NETWORK_ENDPOINT_GROUP: "globalNetworkEndpointGroup",
}
"""The input by which an endpoint names its group."""

ENDPOINT_TYPES: Final = (*ENDPOINT_GROUPS, *_ENDPOINTS.values(), COMPUTE_NETWORK_ENDPOINT_LIST)
"""Endpoints and their groups."""

_BY_ADDRESS: Final = {
    COMPUTE_REGION_NETWORK_ENDPOINT_GROUP: ("ipAddress", "fqdn", "instance"),
    COMPUTE_NETWORK_ENDPOINT_GROUP: ("ipAddress", "instance"),
    COMPUTE_GLOBAL_NETWORK_ENDPOINT_GROUP: ("ipAddress", "fqdn"),
}

Ports: TypeAlias = tuple[range, ...] | None


@dataclass(frozen=True)
class Behind:
    """What an endpoint is.

    Attributes:
        resource: what answers; the endpoint or its group where the stack does not have it.
        hops: between the group and what answers.
        ports: `None` where they are not known.
    """

    resource: Resource
    hops: tuple[Resource, ...]
    ports: Ports
    is_elsewhere: bool = False


def in_endpoint_group(references: References, group: Resource, front: Ports) -> Iterator[Behind]:
    """What is behind a group, reached from a front with some ports."""
    token = group.type.token
    if token == COMPUTE_REGION_NETWORK_ENDPOINT_GROUP:
        if group.is_set("pscTargetService"):
            yield from _psc(references, group, front)
            return
        services = references.named(group, "cloudRun.service", *SERVICES)
        services += references.named(group, "cloudFunction.function", *FUNCTIONS)
        if services or group.is_set("cloudRun") or group.is_set("cloudFunction"):
            yield from (Behind(service, (), None) for service in services)
            return
    found = False
    for endpoint in references.naming(group, (_ENDPOINTS[token],), (_GROUP[token],)):
        found = True
        yield from _endpoint(references, group, endpoint, front)
    if token == COMPUTE_NETWORK_ENDPOINT_GROUP:
        for many in references.naming(group, (COMPUTE_NETWORK_ENDPOINT_LIST,), (_GROUP[token],)):
            for view in read_list(many, "networkEndpoints")[0]:
                found = True
                yield from _endpoint(references, group, view, front)
    if not found and token != COMPUTE_REGION_NETWORK_ENDPOINT_GROUP:
        # Endpoints come from elsewhere, such as a cluster's controller.
        yield Behind(group, (), _ports(group.peek("defaultPort"), front), is_elsewhere=True)


def _endpoint(
    references: References, group: Resource, view: View, front: Ports
) -> Iterator[Behind]:
    is_sent_as_it_is = group.peek("networkEndpointType") == "GCE_VM_IP"
    port = view.peek("port")
    if not port and group.type.token != COMPUTE_REGION_NETWORK_ENDPOINT_GROUP:
        port = group.peek("defaultPort")
    ports = front if is_sent_as_it_is else _ports(port, front)
    resource = view.resource
    for path in _BY_ADDRESS[group.type.token]:
        if not view.is_set(path):
            continue
        if path == "instance":
            found = references.named(view, path, *MACHINES)
        else:
            found = at_address(references, view, path)
        if found:
            for item in found:
                yield Behind(item, (resource,), ports)
            return
    yield Behind(resource, (), ports, is_elsewhere=True)


def _psc(references: References, group: Resource, front: Ports) -> Iterator[Behind]:
    """What is behind a group's service attachment."""
    ports = _ports(group.peek("pscData.producerPort"), front)
    found = list(find_attached(references, group, "pscTargetService", ports))
    yield from found or [Behind(group, (), ports, is_elsewhere=True)]


def find_attached(
    references: References, by: Resource, path: str, ports: Ports
) -> Iterator[Behind]:
    """What a service attachment publishes: a managed database, or a load balancer of the stack."""
    for database in references.named(by, path, *MANAGED) if by.peek(path) is UNKNOWN else ():
        yield Behind(database, (), ports)
        return
    for attachment in references.named(by, path, COMPUTE_SERVICE_ATTACHMENT):
        for rule in references.named(attachment, "targetService", *FORWARDING):
            yield Behind(rule, (attachment,), ports)
            return


def _ports(port: Value, front: Ports) -> Ports:
    """A single port; omitted, the one that the front has."""
    if port is UNKNOWN:
        return None
    found = ports_of(port)
    return front if found is None else (found,)
