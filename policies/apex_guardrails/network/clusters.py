"""Kubernetes clusters: who reaches their control plane, and where their machines are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from apex_guardrails.gcp.admitted import admitted, ranges_at
from apex_guardrails.gcp.public_space import WideRanges, measure
from apex_guardrails.gcp.types import COMPUTE_SUBNETWORK, CONTAINER_CLUSTER
from apex_guardrails.model.resource import Resource
from apex_guardrails.network.references import NOT_KNOWN, read_flag
from apex_guardrails.network.terms import Access, NodeKind

if TYPE_CHECKING:
    from apex_guardrails.network.building import Builder
    from apex_guardrails.network.vpc import Networks


def add_clusters(builder: Builder, networks: Networks) -> None:
    """A node for each cluster of Google Kubernetes Engine."""
    for cluster in builder.stack.of_type(CONTAINER_CLUSTER):
        node = builder.node(NodeKind.WORKLOAD, cluster)
        _control_plane(builder, node, cluster)
        subnetworks = builder.references.named(cluster, "subnetwork", COMPUTE_SUBNETWORK)
        ends = [networks.subnetwork(item.urn) for item in subnetworks]
        ends = ends or networks.nodes(cluster, "network")
        if not ends and not cluster.is_set("network"):
            # Omitted: the network "default" (GKE API, clusters.network, 2026-11).
            ends = [networks.node("default")]
        for end in ends:
            builder.edge(node, end, Access.PRIVATE, "its machines are in it", [cluster])
        private = read_flag(cluster, "privateClusterConfig.enablePrivateNodes", omitted=False)
        if private is not True:
            reason = "its machines have external addresses"
            if private is None:
                reason = f"whether its machines have external addresses is {NOT_KNOWN}"
            builder.edge(node, builder.internet(), Access.PRIVATE, reason, [cluster])


def _control_plane(builder: Builder, node: str, cluster: Resource) -> None:
    closed = [
        # Omitted: a public endpoint (GKE API, privateClusterConfig, 2026-11).
        read_flag(cluster, "privateClusterConfig.enablePrivateEndpoint", omitted=False),
        _without(cluster, "controlPlaneEndpointsConfig.ipEndpointsConfig.enabled"),
        _without(cluster, "controlPlaneEndpointsConfig.ipEndpointsConfig.enablePublicEndpoint"),
    ]
    by_name = read_flag(
        cluster,
        "controlPlaneEndpointsConfig.dnsEndpointConfig.allowExternalTraffic",
        omitted=False,
    )
    if by_name is not False:
        access = Access.GUARDED if by_name else Access.UNKNOWN
        reason = "control plane by its name; IAM asks who calls"
        builder.edge(builder.internet(), node, access, reason, [cluster], ["tcp 443"])
    if True in closed:
        return
    lists = "masterAuthorizedNetworksConfig"
    is_listed = cluster.is_set(lists)
    listed_at = f"{lists}.cidrBlocks", "cidrBlock"
    limits = WideRanges()
    whom = admitted(cluster, listed_at[0], limits, member=listed_at[1])
    if None in closed or (whom.unknown and not whom.share):
        reason = f"who reaches the control plane is {NOT_KNOWN}"
        builder.edge(builder.internet(), node, Access.UNKNOWN, reason, [cluster], ["tcp 443"])
    elif not is_listed or whom.share:
        reason = "control plane at a public address; credentials are asked for"
        builder.edge(builder.internet(), node, Access.OPEN, reason, [cluster], ["tcp 443"])
    for _, given in ranges_at(cluster, *listed_at):
        if isinstance(given, str) and not measure([given]).is_wide(limits):
            source = builder.place(NodeKind.RANGE, given, "authorized addresses")
            reason = "control plane, for listed addresses"
            builder.edge(source, node, Access.GUARDED, reason, [cluster], ["tcp 443"])


def public_path(cluster: Resource) -> str | None:
    """The input by which a control plane is reached from the internet; `None` where it is not.

    Raises:
        UndecidedError: a value is not known before deployment.
    """
    # Omitted: no way in by its name, a public endpoint (GKE API, 2026-11).
    if cluster.get(f"{_DNS}.allowExternalTraffic", omitted=False) is True:
        return f"{_DNS}.allowExternalTraffic"
    private = "privateClusterConfig.enablePrivateEndpoint"
    closed = [
        cluster.get(private, omitted=False) is True,
        cluster.get(f"{_ADDRESSES}.enabled", omitted=True) is False,
    ]
    return None if any(closed) else private


_DNS: Final = "controlPlaneEndpointsConfig.dnsEndpointConfig"
_ADDRESSES: Final = "controlPlaneEndpointsConfig.ipEndpointsConfig"


def _without(cluster: Resource, path: str) -> bool | None:
    enabled = read_flag(cluster, path, omitted=True)
    return None if enabled is None else not enabled
