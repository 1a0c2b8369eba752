"""A stack's network as a part of a document: nodes, edges, and what they follow from."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from apex_guardrails.network.terms import Access, NodeKind


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class NetworkNode(_Strict):
    """Something that talks or is talked to."""

    id: str = Field(description="What edges call it.")
    kind: NodeKind
    type: str = Field("", description='The resource type; "" for what is no resource.')
    name: str
    detail: str = Field("", description="Such as an address range.")
    network: str = Field("", description="The node of the network that a subnetwork is a part of.")
    access: Access = Field(
        Access.PRIVATE, description="How the internet reaches it, not counting load balancers."
    )
    urns: tuple[str, ...] = Field((), description="The resources; none for what is elsewhere.")


class NetworkEdge(_Strict):
    """A way from one node to another."""

    source: str
    target: str
    access: Access
    reason: str
    ports: tuple[str, ...] = Field((), description="Such as tcp 443; none where any is meant.")
    urns: tuple[str, ...] = Field((), description="The resources that make it.")


class FirewallRule(_Strict):
    """A VPC firewall rule as the program has it."""

    name: str
    network: str
    direction: str
    action: str
    priority: str
    peers: tuple[str, ...] = Field(description="Sources, or destinations of what goes out.")
    targets: tuple[str, ...] = Field(description="The machines it is for; none for all.")
    ports: tuple[str, ...]
    urn: str


class NetworkDocument(_Strict):
    """What may talk to what, and what is public, as far as resources of known types tell."""

    nodes: tuple[NetworkNode, ...] = ()
    edges: tuple[NetworkEdge, ...] = ()
    firewall: tuple[FirewallRule, ...] = Field((), description="By network and priority.")
    unknown_types: tuple[str, ...] = Field(
        (), description="Types that are not drawn as nobody has said what they are, with counts."
    )
    notes: tuple[str, ...] = Field((), description="What could not be followed.")

    def reached(self, *access: Access) -> list[NetworkNode]:
        """The nodes of the stack that the internet reaches so by themselves."""
        return [node for node in self.nodes if node.access in access and node.urns]
