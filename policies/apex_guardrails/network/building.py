"""Collects nodes and edges."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from apex_guardrails.model.resource import Resource
from apex_guardrails.model.stack import Stack
from apex_guardrails.network.document import FirewallRule, NetworkEdge, NetworkNode
from apex_guardrails.network.references import References
from apex_guardrails.network.terms import Access, NodeKind

INTERNET: Final = "internet"
"""The id of the node."""

_OUTSIDE: Final = frozenset({NodeKind.INTERNET, NodeKind.RANGE})

MOST_PRIVATE: Final = 10_000
"""Private edges; those beyond are counted."""


@dataclass
class _Node:
    id: str
    kind: NodeKind
    type: str
    name: str
    detail: str
    network: str
    urns: list[str]
    access: Access = Access.PRIVATE


@dataclass
class Builder:
    """What is known of a network so far.

    Attributes:
        text: makes a text of the program fit for a document.
        notes: what could not be followed or shown, with how often.
    """

    references: References
    text: Callable[[str], str]
    notes: Counter[str] = field(default_factory=Counter)
    firewall: list[FirewallRule] = field(default_factory=list)
    _nodes: dict[str, _Node] = field(default_factory=dict)
    _edges: dict[tuple[str, str, str], NetworkEdge] = field(default_factory=dict)
    _by_urn: dict[str, str] = field(default_factory=dict)
    _taken: Counter[str] = field(default_factory=Counter)

    def node(self, kind: NodeKind, resource: Resource, detail: str = "", network: str = "") -> str:
        """The id of a resource's node, which is made where there is none."""
        known = self._by_urn.get(resource.urn)
        if known is not None:
            return known
        token = resource.type.token
        return self.group(kind, [resource], f"{short_type(token)} {resource.name}", detail, network)

    def group(  # noqa: PLR0913, PLR0917 each is a fact of its own
        self,
        kind: NodeKind,
        resources: Sequence[Resource],
        label: str,
        detail: str = "",
        network: str = "",
        name: str = "",
    ) -> str:
        """The id of a node for resources that are alike or work as one."""
        first = resources[0]
        if not name:
            more = len(resources) - 1
            name = f"{first.name} and {more:,} more" if more else first.name
        node = self._add(
            _Node(
                self.text(label),
                kind,
                self.text(first.type.token),
                self.text(name),
                self.text(detail),
                network,
                [self.text(item.urn) for item in resources],
            )
        )
        self._by_urn.update((item.urn, node) for item in resources)
        return node

    def place(self, kind: NodeKind, name: str, detail: str = "", network: str = "") -> str:
        """The id of a node for what is no resource of the stack."""
        name = self.text(name)
        node = INTERNET if kind is NodeKind.INTERNET else f"{kind} {name}"
        if node not in self._nodes:
            self._nodes[node] = _Node(node, kind, "", name, self.text(detail), network, [])
        return node

    def internet(self) -> str:
        """The id of the internet's node."""
        return self.place(NodeKind.INTERNET, "Internet")

    def _add(self, node: _Node) -> str:
        base = node.id
        while node.id in self._nodes:
            self._taken[base] += 1
            node.id = f"{base} ({self._taken[base] + 1})"
        self._nodes[node.id] = node
        return node.id

    def has_node(self, resource: Resource) -> str | None:
        """The id of a resource's node, if there is one."""
        return self._by_urn.get(resource.urn)

    def edge(  # noqa: PLR0913, PLR0917 each is a fact of its own
        self,
        source: str,
        target: str,
        access: Access,
        reason: str,
        because: Iterable[Resource],
        ports: Iterable[str] = (),
    ) -> None:
        """Adds a way; one from addresses outside says how the internet reaches its end."""
        key = (source, target, self.text(reason))
        urns = tuple(dict.fromkeys([self.text(item.urn) for item in because]))
        known = self._edges.get(key)
        is_many = len(self._edges) >= MOST_PRIVATE
        if known is None and is_many and access is Access.PRIVATE:
            self.notes["a private way is left out, as there are many"] += 1
            return
        if known is not None:
            urns = tuple(dict.fromkeys((*known.urns, *urns)))
            ports = (*known.ports, *ports)
            access = worse(access, known.access)
        self._edges[key] = NetworkEdge(
            source=source,
            target=target,
            access=access,
            reason=key[2],
            ports=tuple(dict.fromkeys(ports)),
            urns=urns,
        )
        if access is not Access.PRIVATE and self._nodes[source].kind in _OUTSIDE:
            there = self._nodes[target]
            there.access = worse(there.access, access)

    @property
    def stack(self) -> Stack:
        """The stack whose network it is."""
        return self.references.stack

    @property
    def nodes(self) -> tuple[NetworkNode, ...]:
        """The nodes, by id; the internet where something is reached from it or reaches it."""
        used = {end for edge in self._edges.values() for end in (edge.source, edge.target)}
        return tuple(
            NetworkNode(
                id=item.id,
                kind=item.kind,
                type=item.type,
                name=item.name,
                detail=item.detail,
                network=item.network,
                access=item.access,
                urns=tuple(item.urns),
            )
            for _, item in sorted(self._nodes.items())
            if item.urns or item.id in used
        )

    @property
    def edges(self) -> tuple[NetworkEdge, ...]:
        """The edges, by their ends and reasons."""
        return tuple(edge for _, edge in sorted(self._edges.items()))


def worse(one: Access, other: Access) -> Access:
    """Of two ways to be reached the one that matters more."""
    return one if one.rank <= other.rank else other


def short_type(token: str) -> str:
    """`compute/instance` of `gcp:compute/instance:Instance`; others as they are."""
    package, _, rest = token.partition(":")
    return rest.partition(":")[0] if package == "gcp" else token
