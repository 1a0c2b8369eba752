"""Collects nodes and edges, and finds what an input names."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from policies.model.google.references import short_name
from policies.model.resource import Resource
from policies.model.stack import Stack
from policies.model.value import UNKNOWN, Value, unwrap
from policies.model.view import DependenciesUnknownError, View
from policies.network.document import Access, FirewallRule, NetworkEdge, NetworkNode, NodeKind

INTERNET: Final = "internet"
"""The id of the node."""

_OUTSIDE: Final = frozenset({NodeKind.INTERNET, NodeKind.RANGE})

_NAMES: Final = {
    "gcp:alloydb/cluster:Cluster": "clusterId",
    "gcp:bigquery/dataset:Dataset": "datasetId",
    "gcp:serviceaccount/account:Account": "accountId",
}
"""The inputs that name resources of types without an input `name`."""

_MOST_NAMESAKES: Final = 4
"""A name of more resources of a type says nothing; the API has it once in a project and region."""

MOST_PRIVATE: Final = 10_000
"""Private edges; those beyond are counted."""

NOT_KNOWN: Final = "not known before deployment"


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
        networks_of: what inputs name as their network, by URN and path.
    """

    stack: Stack
    text: Callable[[str], str]
    notes: Counter[str] = field(default_factory=Counter)
    firewall: list[FirewallRule] = field(default_factory=list)
    dependencies_unknown: bool = False
    networks_of: dict[tuple[str, str, str], frozenset[str]] = field(default_factory=dict)
    _nodes: dict[str, _Node] = field(default_factory=dict)
    _edges: dict[tuple[str, str, str], NetworkEdge] = field(default_factory=dict)
    _by_urn: dict[str, str] = field(default_factory=dict)
    _taken: Counter[str] = field(default_factory=Counter)
    _projects: dict[str, str] = field(default_factory=dict)
    _names: dict[str, dict[str, list[Resource]]] = field(default_factory=dict)
    _naming: dict[object, dict[str, list[Resource]]] = field(default_factory=dict)

    # -- nodes and edges -------------------------------------------------------------------------

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

    # -- what an input names ---------------------------------------------------------------------

    def named(self, by: View, path: str, *tokens: str) -> list[Resource]:
        """The resources of the stack that an input names, by an output of theirs or as text."""
        value = by.peek(path)
        if value is UNKNOWN:
            return self.sources(by.resource, f"{by.path}.{path}" if by.path else path, *tokens)
        return self.of_text(by.resource, value, *tokens)

    def naming(
        self, resource: Resource, tokens: Sequence[str], paths: Sequence[str]
    ) -> list[Resource]:
        """The resources of some types that name a resource."""
        key = (resource.type.token, tuple(tokens), tuple(paths))
        if key not in self._naming:
            found: defaultdict[str, list[Resource]] = defaultdict(list)
            for other in self.stack.of_type(*tokens):
                for path in paths:
                    for named in self.named(other, path, resource.type.token):
                        found[named.urn].append(other)
            self._naming[key] = found
        return self._naming[key].get(resource.urn, [])

    def sources(self, resource: Resource, path: str, *tokens: str) -> list[Resource]:
        """The resources of some types whose outputs an input is made from, by URN."""
        try:
            found = {item.urn: item for item in resource.referred(path, *tokens)}
        except DependenciesUnknownError:
            self.dependencies_unknown = True
            return []
        return [found[urn] for urn in sorted(found)] if len(found) > 1 else list(found.values())

    def every_source(self, resource: Resource, path: str) -> list[Resource]:
        """The resources of any type whose outputs an input is made from."""
        try:
            return list(resource.sources(path))
        except DependenciesUnknownError:
            self.dependencies_unknown = True
            return []

    def of_text(self, by: Resource, value: Value, *tokens: str) -> list[Resource]:
        """The resources of some types that have a name, which may stand in a longer one.

        `projects/P/global/urlMaps/web` is a URL map of the project P; `web` is anything so called.
        """
        name = short_name(value)
        if not name:
            return []
        *_, collection, _ = ["", "", *str(value).split("/")]
        found = [
            item
            for token in tokens
            if _is_in(collection, token)
            for item in self._named(token).get(name, ())
        ]
        _, is_whole, rest = str(value).rpartition("projects/")
        project = rest.split("/")[0] if is_whole else self._project(by)
        # A project's number says nothing here.
        if project and not project.isdigit():
            found = [item for item in found if self._project(item) in (project, "")]
        if len(found) > _MOST_NAMESAKES:
            self.notes["a name is that of many resources"] += 1
            return []
        return found

    def _project(self, resource: Resource) -> str:
        if resource.urn not in self._projects:
            found = resource.peek("project") or unwrap(resource.provider.get("project"))
            self._projects[resource.urn] = found if isinstance(found, str) else ""
        return self._projects[resource.urn]

    def _named(self, token: str) -> dict[str, list[Resource]]:
        if token not in self._names:
            names: defaultdict[str, list[Resource]] = defaultdict(list)
            for resource in self.stack.of_type(token):
                names[short_name(resource.peek(_NAMES.get(token, "name")))].append(resource)
            self._names[token] = names
        return self._names[token]


def worse(one: Access, other: Access) -> Access:
    """Of two ways to be reached the one that matters more."""
    return one if one.rank <= other.rank else other


def short_type(token: str) -> str:
    """`compute/instance` of `gcp:compute/instance:Instance`; others as they are."""
    package, _, rest = token.partition(":")
    return rest.partition(":")[0] if package == "gcp" else token


def _is_in(collection: str, token: str) -> bool:
    """Whether resources of a type are in a collection of the API, such as `urlMaps`."""
    if not collection or collection.isdigit():
        return True
    kind = token.rpartition(":")[2].removeprefix("Region").removeprefix("Global")
    kind = kind.removesuffix("Manager")
    return collection.lower().startswith(kind.lower()[:-1])


def flag(view: View, path: str, *, omitted: bool) -> bool | None:
    """A yes or no; `None` where it is not known before deployment."""
    value = view.peek(path, omitted=omitted)
    return None if value is UNKNOWN else value is True or value == "true"


def listed(view: View, path: str) -> tuple[list[View], bool]:
    """The known elements of a list, and whether it has ones that are not known."""
    value = view.peek(path)
    if not isinstance(value, Sequence) or isinstance(value, str):
        return [], value is UNKNOWN
    whole = f"{view.path}.{path}" if view.path else path
    known = [
        View(view.resource, f"{whole}[{number}]", element)
        for number, element in enumerate(value)
        if unwrap(element) is not UNKNOWN
    ]
    return known, len(known) < len(value)


def texts(view: View, path: str) -> tuple[list[str], bool]:
    """The same for a list of texts."""
    known, is_unknown = listed(view, path)
    values = [unwrap(item.value) for item in known]
    return [value for value in values if isinstance(value, str)], is_unknown


def text(view: View, path: str) -> str:
    """A text, or "" where it is none or not known."""
    value = view.peek(path)
    return value if isinstance(value, str) else ""
