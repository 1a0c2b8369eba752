"""Which resources of the stack an input names: by an output of theirs, or by a name as text."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from policies.model.resource import Resource
from policies.model.stack import Stack
from policies.model.value import UNKNOWN, Value


def short_name(value: Value) -> str:
    """The last part of a name: `vpc` of `projects/p/global/networks/vpc`, of a URL, of `vpc`."""
    return value.rpartition("/")[2] if isinstance(value, str) else ""


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
            yield from resource.referred(path, *self._tokens)
        elif name := short_name(value):
            yield from self._by_name.get(name, ())


def names(by: Resource, path: str, resource: Resource) -> bool:
    """Whether an input names a resource: by an output of one of its type, else by its name.

    Raises:
        DependenciesUnknownError: the source does not know the dependencies yet.
    """
    same_type = list(by.referred(path, resource.type.token))
    if same_type:
        return resource in same_type
    name = short_name(by.peek(path))
    return bool(name) and name == resource.peek("name")
