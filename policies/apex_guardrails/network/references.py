"""Finds what an input names: by an output of it, or by its name as text."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from apex_guardrails.gcp.references import by_output, short_name
from apex_guardrails.gcp.types import (
    ALLOYDB_CLUSTER,
    ALLOYDB_INSTANCE,
    BIGQUERY_DATASET,
    COMPUTE_NETWORK,
    MEMORYSTORE_INSTANCE,
    SERVICEACCOUNT_ACCOUNT,
)
from apex_guardrails.model.resource import Resource
from apex_guardrails.model.stack import Stack
from apex_guardrails.model.value import UNKNOWN, Value, is_true, unwrap
from apex_guardrails.model.view import DependenciesUnknownError, View

_NAMES: Final = {
    ALLOYDB_INSTANCE: "instanceId",
    MEMORYSTORE_INSTANCE: "instanceId",
    ALLOYDB_CLUSTER: "clusterId",
    BIGQUERY_DATASET: "datasetId",
    SERVICEACCOUNT_ACCOUNT: "accountId",
}
"""The inputs that name resources of types without an input `name`."""

_MOST_NAMESAKES: Final = 4
"""A name of more resources of a type says nothing; the API has it once in a project and region."""

NOT_KNOWN: Final = "not known before deployment"


@dataclass
class References:
    """What the resources of a stack name; each question is answered once.

    Attributes:
        namesakes: the inputs with a name that is that of too many resources.
    """

    stack: Stack
    namesakes: set[tuple[str, str]] = field(default_factory=set)
    dependencies_unknown: bool = False
    _networks: dict[tuple[str, str, str], frozenset[str]] = field(default_factory=dict)
    _projects: dict[str, str] = field(default_factory=dict)
    _names: dict[str, dict[str, list[Resource]]] = field(default_factory=dict)
    _naming: dict[object, dict[str, list[Resource]]] = field(default_factory=dict)

    def named(self, by: View, path: str, *tokens: str) -> list[Resource]:
        """The resources of the stack that an input names, by an output of theirs or as text."""
        value = by.peek(path)
        if value is UNKNOWN:
            return self.sources(by.resource, f"{by.path}.{path}" if by.path else path, *tokens)
        return self.of_text(by.resource, value, *tokens)

    def named_in(self, by: View, path: str, *tokens: str) -> list[Resource]:
        """The same for a list of names, or one that may lack what stands before it."""
        if not by.is_set(path):
            return []
        leaves = list(by.leaves(path))
        found = {
            item.urn: item
            for leaf in leaves
            if isinstance(leaf.value, str)
            # A target pool has machines as ZONE/NAME.
            for item in self.of_text(
                by.resource, leaf.value if "s/" in leaf.value else short_name(leaf.value), *tokens
            )
        }
        if any(leaf.value is UNKNOWN for leaf in leaves):
            whole = f"{by.path}.{path}" if by.path else path
            found |= {item.urn: item for item in self.sources(by.resource, whole, *tokens)}
        return list(found.values())

    def networks(self, view: View, path: str) -> frozenset[str]:
        """The URNs of the stack's networks that an input names, else the name of another's."""
        key = (view.resource.urn, view.path, path)
        if key not in self._networks:
            ours = self.named(view, path, COMPUTE_NETWORK)
            name = short_name(view.peek(path))
            others = [name] if name else []
            self._networks[key] = frozenset([item.urn for item in ours] or others)
        return self._networks[key]

    def accounts(self, view: View, path: str) -> tuple[frozenset[str], bool]:
        """The service accounts that an input names, and whether all of them are known."""
        value = view.peek(path)
        whole = f"{view.path}.{path}" if view.path else path
        ours = self.sources(view.resource, whole, SERVICEACCOUNT_ACCOUNT)
        emails = [value] if isinstance(value, str) else read_texts(view, path)[0]
        by_email = [
            account.urn for email in emails for account in self.of_email(view.resource, email)
        ]
        found = frozenset([*(item.urn for item in ours), *emails, *by_email])
        has_unknown = value is UNKNOWN or (not isinstance(value, str) and read_list(view, path)[1])
        return found, not has_unknown or bool(ours)

    def of_email(self, by: Resource, email: str) -> list[Resource]:
        """The service accounts of the stack that an email names."""
        name, _, domain = email.partition("@")
        if not domain.endswith(".iam.gserviceaccount.com"):
            return []
        project = domain.partition(".")[0]
        return self.of_text(by, f"projects/{project}/accounts/{name}", SERVICEACCOUNT_ACCOUNT)

    def naming(
        self, resource: Resource, tokens: Sequence[str], paths: Sequence[str]
    ) -> list[Resource]:
        """The resources of some types that name a resource."""
        key = (resource.type.token, tuple(tokens), tuple(paths))
        if key not in self._naming:
            found: defaultdict[str, list[Resource]] = defaultdict(list)
            for other in self.stack.of_type(*tokens):
                for path in paths:
                    for named in self.named_in(other, path, resource.type.token):
                        found[named.urn].append(other)
            self._naming[key] = found
        return self._naming[key].get(resource.urn, [])

    def sources(self, resource: Resource, path: str, *tokens: str) -> list[Resource]:
        """The resources of some types whose outputs an input is made from, by URN."""
        try:
            found = {item.urn: item for item in by_output(resource, path, *tokens)}
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
            self.namesakes.add((by.urn, name))
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


def _is_in(collection: str, token: str) -> bool:
    """Whether resources of a type are in a collection of the API, such as `urlMaps`."""
    if not collection or collection.isdigit():
        return True
    kind = token.rpartition(":")[2].removeprefix("Region").removeprefix("Global")
    kind = kind.removesuffix("Manager").removesuffix("FromTemplate")
    kind = kind.removesuffix("FromMachineImage")
    return collection.lower().startswith(kind.lower()[:-1])


def read_flag(view: View, path: str, *, omitted: bool) -> bool | None:
    """A yes or no; `None` where it is not known before deployment."""
    value = view.peek(path, omitted=omitted)
    return None if value is UNKNOWN else is_true(value)


def read_list(view: View, path: str) -> tuple[list[View], bool]:
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


def read_texts(view: View, path: str) -> tuple[list[str], bool]:
    """The same for a list of texts."""
    known, is_unknown = read_list(view, path)
    values = [unwrap(item.value) for item in known]
    return [value for value in values if isinstance(value, str)], is_unknown


def read_text(view: View, path: str) -> str:
    """A text, or "" where it is none or not known."""
    value = view.peek(path)
    return value if isinstance(value, str) else ""
