"""VPC networks: their subnetworks, the ways into them, and the ways out."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Final

from apex_guardrails.gcp.networks import is_within
from apex_guardrails.gcp.references import short_name
from apex_guardrails.gcp.types import (
    COMPUTE_INTERCONNECT_ATTACHMENT,
    COMPUTE_NETWORK,
    COMPUTE_NETWORK_PEERING,
    COMPUTE_ROUTER,
    COMPUTE_ROUTER_NAT,
    COMPUTE_SUBNETWORK,
    COMPUTE_VPN_TUNNEL,
    SERVICENETWORKING_CONNECTION,
    VPCACCESS_CONNECTOR,
)
from apex_guardrails.model.resource import Resource
from apex_guardrails.model.value import UNKNOWN
from apex_guardrails.network.building import Builder
from apex_guardrails.network.references import NOT_KNOWN, read_text
from apex_guardrails.network.terms import Access, NodeKind

TUNNELS: Final = (COMPUTE_VPN_TUNNEL, COMPUTE_INTERCONNECT_ATTACHMENT)


@dataclass
class Networks:
    """The networks of a stack, and those elsewhere that it names."""

    builder: Builder
    _subnetworks: dict[str, str] = field(default_factory=dict)
    _ranges: dict[str, list[tuple[str, str]]] = field(default_factory=lambda: defaultdict(list))
    _containing: dict[tuple[frozenset[str], str], list[str]] = field(default_factory=dict)
    _services: dict[str, list[Resource]] = field(default_factory=lambda: defaultdict(list))

    def node(self, network: str) -> str:
        """The node of a network, by its URN or, where another stack has it, its name."""
        resource = self.builder.stack.resources.get(network)
        if resource is None:
            return self.builder.place(NodeKind.NETWORK, network, "not in this stack")
        return self.builder.node(NodeKind.NETWORK, resource)

    def nodes(self, resource: Resource, path: str) -> list[str]:
        """The nodes of the networks that an input names."""
        return [
            self.node(name) for name in sorted(self.builder.references.networks(resource, path))
        ]

    def of_subnetwork(self, resource: Resource) -> list[str]:
        """The nodes of the subnetworks that a resource names."""
        found = self.builder.references.named(resource, "subnetwork", COMPUTE_SUBNETWORK)
        return [self.subnetwork(item.urn) for item in found]

    def subnetwork(self, urn: str) -> str:
        """The node of a subnetwork of the stack."""
        return self._subnetworks[urn]

    def containing(self, networks: frozenset[str], given: str) -> list[str]:
        """The nodes in some networks whose addresses are a part of a range, or have it as one."""
        key = (networks, given)
        if key not in self._containing:
            found = [
                node
                for name in sorted(networks)
                for node, cidr in self._ranges.get(name, ())
                if is_within(cidr, given) or is_within(given, cidr)
            ]
            self._containing[key] = list(dict.fromkeys(found))
        return self._containing[key]

    def sources(self, resource: Resource, path: str) -> list[Resource]:
        """The networks of the stack whose outputs an input is made from."""
        return self.builder.references.sources(resource, path, COMPUTE_NETWORK)

    def connections(self, node: str) -> list[Resource]:
        """What makes the private services access of a network, by its node."""
        return self._services.get(node, [])

    def read(self) -> None:
        """Networks and subnetworks, with nodes."""
        for network in self.builder.stack.of_type(COMPUTE_NETWORK):
            self.node(network.urn)
        for subnetwork in self.builder.stack.of_type(COMPUTE_SUBNETWORK):
            names = sorted(self.builder.references.networks(subnetwork, "network"))
            parent = self.node(names[0]) if names else ""
            cidr = subnetwork.peek("ipCidrRange")
            detail = cidr if isinstance(cidr, str) else NOT_KNOWN if cidr is UNKNOWN else ""
            node = self.builder.node(NodeKind.SUBNETWORK, subnetwork, detail, parent)
            self._subnetworks[subnetwork.urn] = node
            for name in names:
                self._ranges[name].append((node, detail))
        for connector in self.builder.stack.of_type(VPCACCESS_CONNECTOR):
            for name in self.builder.references.networks(connector, "network"):
                self._ranges[name].append((self.node(name), read_text(connector, "ipCidrRange")))
        for connection in self.builder.stack.of_type(SERVICENETWORKING_CONNECTION):
            for name in self.builder.references.networks(connection, "network"):
                self._services[self.node(name)].append(connection)

    def add_ways_out(self) -> None:
        """Cloud NAT, peerings and tunnels."""
        builder = self.builder
        for nat in builder.stack.of_type(COMPUTE_ROUTER_NAT):
            node = builder.node(NodeKind.NAT, nat)
            builder.edge(node, builder.internet(), Access.PRIVATE, "Cloud NAT, outwards", [nat])
            for router in builder.references.named(nat, "router", COMPUTE_ROUTER):
                for network in self.nodes(router, "network"):
                    builder.edge(network, node, Access.PRIVATE, "Cloud NAT", [router, nat])
        for peering in builder.stack.of_type(COMPUTE_NETWORK_PEERING):
            ends = [self.nodes(peering, path) for path in ("network", "peerNetwork")]
            for source in ends[0]:
                for target in ends[1]:
                    builder.edge(
                        source,
                        target,
                        Access.PRIVATE,
                        f"network peering {peering.name}",
                        [peering],
                    )
        for tunnel in builder.stack.of_type(*TUNNELS):
            routers = builder.references.named(tunnel, "router", COMPUTE_ROUTER)
            for router in routers:
                for network in self.nodes(router, "network"):
                    peer = read_text(tunnel, "peerIp") or short_name(tunnel.peek("interconnect"))
                    far = builder.place(NodeKind.RANGE, peer or f"beyond {tunnel.name}", "a tunnel")
                    builder.edge(
                        far,
                        network,
                        Access.PRIVATE,
                        f"tunnel {tunnel.name}",
                        [tunnel],
                    )
