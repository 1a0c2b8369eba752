"""Which resources of the stack an input names: by an output of theirs, or by a name as text."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from apex_guardrails.gcp.types import COMPUTE_NETWORK, COMPUTE_SUBNETWORK
from apex_guardrails.model.resource import Resource
from apex_guardrails.model.stack import Stack
from apex_guardrails.model.value import UNKNOWN, Value


def short_name(value: Value) -> str:
    """The last part of a name: `vpc` of `projects/p/global/networks/vpc`, of a URL, of `vpc`."""
    return value.rpartition("/")[2] if isinstance(value, str) else ""


NETWORKS = (COMPUTE_NETWORK, COMPUTE_SUBNETWORK)


def by_output(by: Resource, path: str, *tokens: str) -> list[Resource]:
    """The resources of some types that an input names by an output of theirs.

    A network is named by others' outputs, too: `subnet.network`, or that of an interface of a
    machine, is what their own inputs say.

    Raises:
        DependenciesUnknownError: the source does not know the dependencies yet.
    """
    found = list(by.referred(path, *tokens))
    if found or by.peek(path) is not UNKNOWN or not set(tokens) <= set(NETWORKS):
        return found
    return list(_repeated(by, path, frozenset(tokens), {by.urn}).values())


def _repeated(
    by: Resource, path: str, tokens: frozenset[str], seen: set[str]
) -> dict[str, Resource]:
    """What the resources that an input is made from name as their network themselves."""
    found: dict[str, Resource] = {}
    for source in by.sources(path):
        if source.urn in seen:
            continue
        seen.add(source.urn)
        for name in source.property_dependencies or ():
            if "network" in name.lower():
                theirs = {item.urn: item for item in source.referred(name, *tokens)}
                found |= theirs or _repeated(source, name, tokens, seen)
    return found


class Named:
    """The resources of some types, as others name them."""

    def __init__(self, stack: Stack, *tokens: str) -> None:
        self._tokens = tokens
        self._by_name: defaultdict[str, list[Resource]] = defaultdict(list)
        for resource in stack.of_type(*tokens):
            self._by_name[short_name(resource.peek("name"))].append(resource)

    def at(self, resource: Resource, path: str) -> Iterator[Resource]:
        """Those that the input at a path names. None of them where it names another stack's.

        While the input is not known, its dependencies tell, which Pulumi has for a top-level input
        as a whole; once it is, its text does.

        Raises:
            DependenciesUnknownError: the source does not know the dependencies yet.
        """
        value = resource.peek(path)
        if value is UNKNOWN:
            yield from by_output(resource, path, *self._tokens)
        elif name := short_name(value):
            yield from self._by_name.get(name, ())


def names_resource(by: Resource, path: str, resource: Resource) -> bool:
    """Whether an input names a resource: by an output of one of its type, else by its name.

    Raises:
        DependenciesUnknownError: the source does not know the dependencies yet.
    """
    same_type = by_output(by, path, resource.type.token)
    if same_type:
        return resource in same_type
    name = short_name(by.peek(path))
    return bool(name) and name == resource.peek("name")


class Naming:
    """Resources by which one of some types an input of theirs names, as `names` has it.

    Raises:
        DependenciesUnknownError: the source does not know the dependencies yet.
    """

    def __init__(self, resources: Iterable[Resource], path: str, *tokens: str) -> None:
        self._by_output: dict[str, list[Resource]] = {}
        self._by_name: dict[str, dict[str, list[Resource]]] = {}
        for resource in resources:
            name = short_name(resource.peek(path))
            for token in tokens:
                referred = by_output(resource, path, token)
                for named in referred:
                    self._by_output.setdefault(named.urn, []).append(resource)
                if name and not referred:
                    self._by_name.setdefault(token, {}).setdefault(name, []).append(resource)

    def naming(self, resource: Resource) -> Iterator[Resource]:
        """Those whose input names a resource of one of the types."""
        yield from self._by_output.get(resource.urn, ())
        by_name = self._by_name.get(resource.type.token)
        if by_name and isinstance(name := resource.peek("name"), str):
            yield from by_name.get(name, ())
