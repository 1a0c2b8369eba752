"""Cloud Run and Cloud Functions: who may call them, and how they get into a network."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from apex_guardrails.gcp import functions
from apex_guardrails.gcp.grant_types import grant_types
from apex_guardrails.gcp.run import (
    SERVICES,
    VPC_ACCESS,
    WORKLOADS,
    has_iap,
    open_path,
    unchecked_path,
)
from apex_guardrails.gcp.run_annotations import (
    NETWORK_INTERFACES,
    VPC_ACCESS_CONNECTOR,
    VPC_ACCESS_EGRESS,
    of_revision,
)
from apex_guardrails.gcp.types import (
    CLOUDFUNCTIONS_FUNCTION,
    CLOUDFUNCTIONSV2_FUNCTION,
    CLOUDRUN_SERVICE,
    CLOUDRUNV2_SERVICE,
    COMPUTE_SUBNETWORK,
    VPCACCESS_CONNECTOR,
)
from apex_guardrails.model.resource import Resource
from apex_guardrails.model.value import UNKNOWN, from_json
from apex_guardrails.model.view import UndecidedError, View
from apex_guardrails.network.grants import Everybody, read_members
from apex_guardrails.network.references import NOT_KNOWN, References, read_list, read_text
from apex_guardrails.network.terms import Access, NodeKind

if TYPE_CHECKING:
    from apex_guardrails.network.building import Builder
    from apex_guardrails.network.vpc import Networks

CALLED: Final = (
    CLOUDRUNV2_SERVICE,
    CLOUDRUN_SERVICE,
    CLOUDFUNCTIONSV2_FUNCTION,
    CLOUDFUNCTIONS_FUNCTION,
)
"""The types that have an address of their own."""

INVOKERS: Final = {
    **dict.fromkeys(grant_types("cloudrunv2/serviceIam"), "name"),
    **dict.fromkeys(grant_types("cloudrun/iam"), "service"),
    **dict.fromkeys(grant_types("cloudfunctionsv2/functionIam"), "cloudFunction"),
    **dict.fromkeys(grant_types("cloudfunctions/functionIam"), "cloudFunction"),
}
"""The types that say who may call one, and the input that names it."""

_CONNECTORS: Final = {
    CLOUDRUN_SERVICE: of_revision(VPC_ACCESS_CONNECTOR),
    CLOUDFUNCTIONSV2_FUNCTION: "serviceConfig.vpcConnector",
    CLOUDFUNCTIONS_FUNCTION: "vpcConnector",
}
_EGRESS: Final = {
    CLOUDRUN_SERVICE: of_revision(VPC_ACCESS_EGRESS),
    CLOUDFUNCTIONSV2_FUNCTION: "serviceConfig.vpcConnectorEgressSettings",
    CLOUDFUNCTIONS_FUNCTION: "vpcConnectorEgressSettings",
}
_INTERFACES: Final = of_revision(NETWORK_INTERFACES)


@dataclass(frozen=True)
class _Way:
    """A way of a workload into a network."""

    ends: Sequence[str]
    reason: str
    because: Sequence[Resource]


def add_serverless(builder: Builder, networks: Networks) -> None:
    """Services, functions, jobs and worker pools."""
    everybody = find_callers(builder.references)
    for resource in builder.stack.of_type(*WORKLOADS, *functions.FUNCTIONS):
        node = builder.node(NodeKind.WORKLOAD, resource)
        if resource.type.token in CALLED:
            who = everybody.get(resource.urn, Everybody())
            access, reason = entry(resource, who)
            if access is not Access.PRIVATE:
                because = [resource, *who.because]
                builder.edge(builder.internet(), node, access, reason, because, ["tcp 443"])
        _egress(builder, networks, node, resource)


def find_callers(references: References) -> dict[str, Everybody]:
    """What everybody may call, by URN."""
    return read_members(references, INVOKERS, CALLED)


def _is_open(resource: Resource) -> bool | None:
    """Whether its own address is one of the internet; `None` where that is not known."""
    ingress = functions.INGRESS.get(resource.type.token)
    if ingress is not None:
        value = ingress.peek(resource)
        return None if value is UNKNOWN else value == functions.EVERYWHERE
    try:
        return open_path(resource) is not None
    except UndecidedError:
        return None


def _known(resource: Resource, ask: Callable[[Resource], object]) -> bool | None:
    """What a question about a service finds, of functions nothing; `None`: it is not known."""
    try:
        return resource.type.token in SERVICES and bool(ask(resource))
    except UndecidedError:
        return None


def entry(resource: Resource, who: Everybody) -> tuple[Access, str]:
    """Whether a service or function is reached at its own address, and why."""
    is_open = _is_open(resource)
    if is_open is False:
        return Access.PRIVATE, "no address that the internet reaches"
    address = "its own address" if is_open else f"its own address, if ingress ({NOT_KNOWN}) says so"
    access, reason = asked(resource, who)
    return (access if is_open else Access.UNKNOWN), f"{address}; {reason}"


def asked(resource: Resource, who: Everybody) -> tuple[Access, str]:
    """Whether anybody may call a service or function, and who is asked."""
    unchecked, proxied = _known(resource, unchecked_path), _known(resource, has_iap)
    if proxied is True:
        return Access.GUARDED, "Identity-Aware Proxy asks who calls"
    if unchecked:
        return Access.OPEN, "nobody is asked who calls"
    if who.is_granted is True:
        return Access.OPEN, "anybody may call it"
    if who.is_granted is None or unchecked is None or proxied is None:
        return Access.UNKNOWN, f"who may call it is {NOT_KNOWN}"
    return Access.GUARDED, "IAM asks who calls"


def _egress(builder: Builder, networks: Networks, node: str, resource: Resource) -> None:
    ways = list(_ways(builder, networks, resource))
    for way in ways:
        for end in way.ends:
            builder.edge(node, end, Access.PRIVATE, way.reason, [resource, *way.because])
    all_traffic = _sends_all(resource) if ways else False
    if all_traffic is True:
        return
    builder.edge(
        node,
        builder.internet(),
        Access.PRIVATE,
        "goes out by Google's own way"
        if all_traffic is False
        else f"may go out by Google's own way: {NOT_KNOWN}",
        [resource],
    )


def _sends_all(resource: Resource) -> bool | None:
    """Whether everything goes through the network; omitted: what is for private addresses."""
    access = VPC_ACCESS.get(resource.type.token)
    path = f"{access}.egress" if access else _EGRESS[resource.type.token]
    value = resource.peek(path)
    if value is UNKNOWN:
        return None
    return str(value).upper().replace("-", "_") == "ALL_TRAFFIC"


def _ways(builder: Builder, networks: Networks, resource: Resource) -> Iterator[_Way]:
    access = VPC_ACCESS.get(resource.type.token)
    if access is None:
        connector = _CONNECTORS[resource.type.token]
        if resource.is_set(connector):
            yield from _connectors(builder, networks, resource, connector)
        if resource.type.token == CLOUDRUN_SERVICE and resource.is_set(_INTERFACES):
            yield _Way(_annotated(builder, networks, resource), "Direct VPC egress", [])
        return
    view = resource.at(access)
    if view.peek("") is not UNKNOWN and view.is_set("connector"):
        yield from _connectors(builder, networks, view, "connector")
    interfaces, is_unknown = read_list(view, "networkInterfaces")
    found = [end for item in interfaces for end in _ends(builder, networks, item)]
    if is_unknown or (interfaces and not found):
        found += _by_dependency(builder, networks, resource, access)
        found = found or [_elsewhere(builder)]
    if found:
        yield _Way(found, "Direct VPC egress", [])


def _connectors(builder: Builder, networks: Networks, view: View, path: str) -> Iterator[_Way]:
    found = builder.references.named(view, path, VPCACCESS_CONNECTOR)
    for connector in found:
        ends = networks.nodes(connector, "network")
        subnetworks = builder.references.named(connector, "subnet.name", COMPUTE_SUBNETWORK)
        ends = ends or [networks.subnetwork(item.urn) for item in subnetworks]
        yield _Way(ends or [_elsewhere(builder)], f"VPC connector {connector.name}", [connector])
    if not found:
        yield _Way([_elsewhere(builder)], "VPC connector of another stack", [])


def _elsewhere(builder: Builder) -> str:
    return builder.place(NodeKind.NETWORK, "Another network", "not in this stack")


def _ends(builder: Builder, networks: Networks, view: View) -> list[str]:
    """The subnetworks, else the networks, that an interface is in."""
    found = builder.references.named(view, "subnetwork", COMPUTE_SUBNETWORK)
    if found:
        return [networks.subnetwork(item.urn) for item in found]
    return [networks.node(name) for name in sorted(builder.references.networks(view, "network"))]


def _by_dependency(
    builder: Builder, networks: Networks, resource: Resource, path: str
) -> list[str]:
    return [
        networks.subnetwork(item.urn)
        for item in builder.references.sources(resource, path, COMPUTE_SUBNETWORK)
    ]


def _annotated(builder: Builder, networks: Networks, resource: Resource) -> list[str]:
    """The subnetworks of the annotation of the first version of the API, which is JSON text."""
    given = read_text(resource, _INTERFACES)
    found: list[str] = []
    if given:
        try:
            content = from_json(given)
        except ValueError:
            content = []
        for item in content if isinstance(content, list) else []:
            name = item.get("subnetwork") if isinstance(item, dict) else None
            found += [
                networks.subnetwork(subnetwork.urn)
                for subnetwork in builder.references.of_text(resource, name, COMPUTE_SUBNETWORK)
            ]
    else:
        found = _by_dependency(builder, networks, resource, "template")
    return found or [_elsewhere(builder)]
