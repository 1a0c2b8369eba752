"""A resource as a rule sees it, and the stack it belongs to."""

from __future__ import annotations

import enum
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Self, TypeVar

from policies.model.complaint import Complaint, SourcePosition
from policies.model.cost import Spending
from policies.model.credentials import SecretConfig
from policies.model.value import (
    UNKNOWN,
    Leaf,
    Secret,
    Value,
    from_json,
    join_path,
    leaves,
    parse_path,
    unwrap,
)

STACK_TYPE = "pulumi:pulumi:Stack"

AnyView = TypeVar("AnyView", bound="View")

# What JSON holds is recognised several times faster than what merely behaves like it.
_MAPPING = (dict, Mapping)
_SEQUENCE = (list, Sequence)


class UndecidedError(Exception):
    """A rule touched a value that is not known before deployment."""

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self.path = path


class DependenciesUnknownError(Exception):
    """A rule asked for dependencies, which the engine tells only when it knows the whole stack."""


class Origin(enum.StrEnum):
    """Where a value comes from, which says more about a credential than its secret mark."""

    OMITTED = "omitted"
    LITERAL = "literal"
    SECRET_CONFIG = "secret config"  # noqa: S105 a kind of origin, not a password
    SECRET = "secret"  # noqa: S105 the same
    """Marked secret in a state, which does not say from where: from config, or as a literal."""
    COMPUTED = "computed"


@dataclass(frozen=True, slots=True)
class ResourceType:
    """What the provider says of a resource type.

    Attributes:
        token: such as `gcp:sql/databaseInstance:DatabaseInstance`.
        sensitive: the paths of inputs that hold a credential, list elements as `[]`.
        labels: the path of the input for Google Cloud labels; `None` where it has no labels.
        default_labels: whether the provider's own `defaultLabels` are added to them.
        locations: the inputs that say where a resource is, such as `region`.
    """

    token: str
    sensitive: tuple[str, ...] = ()
    labels: str | None = None
    default_labels: bool = False
    locations: tuple[str, ...] = ()

    @property
    def package(self) -> str:
        """The provider's name, such as `gcp`."""
        return self.token.partition(":")[0]


def is_labelable(resource_type: ResourceType) -> bool:
    """Whether resources of a type can have labels; for a rule's `on`."""
    return resource_type.labels is not None


def type_of(urn: str) -> str:
    """The type token in a URN, such as `gcp:compute/network:Network`; "" for what is no URN."""
    parts = urn.split("::")
    return parts[2].rpartition("$")[2] if len(parts) > 2 else ""  # noqa: PLR2004 the URN's form


class View:
    """Reads a part of a resource's inputs by path."""

    __slots__ = ("path", "resource", "value")

    def __init__(self, resource: Resource, path: str, value: Value) -> None:
        self.resource = resource
        self.path = path
        self.value = value

    def _at(self, path: str) -> str:
        dot = "." if self.path and path and not path.startswith("[") else ""
        return f"{self.path}{dot}{path}"

    def _read(self, path: str) -> tuple[Value, bool, int]:
        """The value, whether a secret mark lies on it, and how many steps of the path were taken.

        `None` where it is omitted; `UNKNOWN` where it or anything above it is not known.
        """
        value, is_secret, taken = self.value, False, 0
        for step in parse_path(path) if path else ():
            while isinstance(value, Secret):
                value, is_secret = value.value, True
            # First what JSON holds, which is recognised at once; then what behaves like it.
            if isinstance(value, dict):
                value = value.get(step)
            elif value is UNKNOWN:
                return UNKNOWN, is_secret, taken
            elif isinstance(step, str):
                # Nothing but a mapping has it, and to ask which it is costs more than the reading.
                look_up = getattr(value, "get", None)
                value = None if look_up is None else look_up(step)
            elif isinstance(value, _SEQUENCE) and not isinstance(value, str) and step < len(value):
                value = value[step]
            else:
                value = None
            taken += 1
            if value is None:
                return None, is_secret, taken
        while isinstance(value, Secret):
            value, is_secret = value.value, True
        return value, is_secret, taken

    def get(self, path: str, *, omitted: Value = None) -> Value:
        """The plain value at a path, or `omitted` where the program leaves it out.

        Raises:
            UndecidedError: the value is not known before deployment.
        """
        value, _, taken = self._read(path)
        if value is UNKNOWN:
            here = self.path
            for step in parse_path(path)[:taken] if path else ():
                here = join_path(here, step)
            raise UndecidedError(here)
        return omitted if value is None else value

    def at(self, path: str) -> View:
        """What is at a path, as a view; a value that is not known is one whose `get` raises."""
        value, is_secret, _ = self._read(path)
        return View(self.resource, self._at(path), Secret(value) if is_secret else value)

    def mapping(self, path: str) -> Mapping[str, Value]:
        """The mapping at a path; empty where it is omitted, or something else is there.

        Raises:
            UndecidedError: the value is not known before deployment.
        """
        value = self.get(path)
        return value if isinstance(value, _MAPPING) else {}

    def each(self, path: str) -> Iterator[View]:
        """The elements of the list at a path; none where it is omitted.

        Elements that are known come first, so that a violation among them is found.

        Raises:
            UndecidedError: the list, or one of its elements, is not known before deployment.
        """
        value = self.get(path, omitted=())
        if isinstance(value, str) or not isinstance(value, _SEQUENCE):
            value = (value,)
        unknown = None
        list_path = self._at(path)
        for index, element in enumerate(value):
            here = join_path(list_path, index)
            if unwrap(element) is UNKNOWN:
                unknown = unknown or here
            else:
                yield View(self.resource, here, element)
        if unknown is not None:
            raise UndecidedError(unknown)

    def elements(self, path: str) -> Iterator[View]:
        """The elements of the list at a path, known and not; none where no list is known."""
        value, is_secret, _ = self._read(path)
        if isinstance(value, _SEQUENCE) and not isinstance(value, str):
            here = self._at(path)
            for index, element in enumerate(value):
                marked = Secret(element) if is_secret else element
                yield View(self.resource, join_path(here, index), marked)

    def paths(self, pattern: str) -> Iterator[str]:
        """The paths that a pattern such as `envs[].value` stands for and the program gives.

        A value counts when it is known and when it is not; lists that are not known have none.
        """
        head, marker, rest = pattern.partition("[]")
        value = self._read(head)[0]
        if not marker:
            if value is not None and value != "":
                yield head
        elif isinstance(value, _SEQUENCE) and not isinstance(value, str):
            for index in range(len(value)):
                yield from self.paths(f"{head}[{index}]{rest}")

    def is_set(self, path: str) -> bool:
        """Whether the program gives a value, known or not. An empty string is none."""
        value = self._read(path)[0]
        return value is not None and value != ""

    def peek(self, path: str, *, omitted: Value = None) -> Value:
        """As `get`, but `UNKNOWN` for what is not known.

        For a rule that takes such a value for good, because it is another resource's output.
        """
        value = self._read(path)[0]
        return omitted if value is None else value

    def is_secret(self, path: str) -> bool:
        """Whether the value at a path, or anything around it, carries Pulumi's secret mark."""
        return self._read(path)[1]

    def origin(self, path: str) -> Origin:
        """Where the value at a path comes from.

        Raises:
            DependenciesUnknownError: it is known, and the source does not know yet whether it is
                another resource's output. Once a stack is deployed, outputs are known.
        """
        value = self._read(path)[0]
        if value is None or value == "":
            return Origin.OMITTED
        if value is UNKNOWN:
            return Origin.COMPUTED
        found = list(leaves(value, path))
        secrets = self.resource.stack.secret_config
        if any(secrets.occurs_in(leaf.value) for leaf in found):
            return Origin.SECRET_CONFIG
        if any(leaf.value is UNKNOWN for leaf in found):
            return Origin.COMPUTED
        top, *below = parse_path(self._at(path))
        texts = [str(leaf.value) for leaf in found]
        if self.resource.is_made_from_outputs(str(top), texts if below else None):
            return Origin.COMPUTED
        if not self.resource.stack.has_config and self.is_secret(path):
            return Origin.SECRET
        return Origin.LITERAL

    def leaves(self, path: str = "") -> Iterator[Leaf]:
        """Every scalar below a path, with its own path and secret mark."""
        value, is_secret, _ = self._read(path)
        if value is not None:
            yield from leaves(value, self._at(path), is_secret=is_secret)

    def fail(self, message: str, *, at: str = "") -> Complaint:
        """What a rule yields when the resource breaks it: what is wrong, and at which path."""
        return Complaint(self.resource.urn, message, self._at(at))


class Resource(View):
    """One resource of the stack, with the inputs that the provider's check has completed."""

    __slots__ = (
        "_dependencies",
        "_secret_texts",
        "custom",
        "is_protected",
        "name",
        "outputs",
        "parent",
        "position",
        "property_dependencies",
        "provider",
        "stack",
        "type",
        "urn",
    )

    def __init__(  # noqa: PLR0913 each is a fact of its own
        self,
        urn: str,
        resource_type: ResourceType,
        inputs: Mapping[str, Value],
        stack: Stack,
        *,
        parent: str = "",
        custom: bool = True,
        is_protected: bool = False,
        provider: Mapping[str, Value] | None = None,
        dependencies: Iterable[str] | None = None,
        property_dependencies: Mapping[str, Iterable[str]] | None = None,
        position: SourcePosition | None = None,
    ) -> None:
        super().__init__(self, "", inputs)
        self.urn = urn
        self.type = resource_type
        self.name = urn.rpartition("::")[2]
        self.parent = parent
        self.custom = custom
        self.is_protected = is_protected
        self.provider: Mapping[str, Value] = provider or {}
        self.stack = stack
        self.position = position
        self._dependencies = None if dependencies is None else frozenset(dependencies)
        self._secret_texts: frozenset[str] | None = None
        self.property_dependencies = property_dependencies
        self.outputs: Mapping[str, Value] | None = None
        """What the provider gave back, inputs among it; where the source knows it."""

    @property
    def dependencies(self) -> frozenset[str]:
        """The URNs of the resources that this one waits for.

        Raises:
            DependenciesUnknownError: the source does not know them yet.
        """
        if self._dependencies is None:
            raise DependenciesUnknownError
        return self._dependencies

    def learn(
        self,
        dependencies: Iterable[str],
        property_dependencies: Mapping[str, Iterable[str]],
        outputs: Mapping[str, Value],
    ) -> None:
        """Takes in what the source learnt later than the inputs."""
        self._dependencies = frozenset(dependencies)
        self.property_dependencies = property_dependencies
        self.outputs = outputs

    def is_made_from_outputs(self, name: str, texts: Iterable[str] | None = None) -> bool:
        """Whether an input that is known is made from what another resource computed.

        Args:
            name: A top-level input: for these dependencies are known.
            texts: What is looked for in the outputs, for a part of the input; `None` for all of it.

        Raises:
            DependenciesUnknownError: the source does not know them yet.
        """
        if self.property_dependencies is None:
            raise DependenciesUnknownError
        computed: set[str] = set()
        for urn in self.property_dependencies.get(name, ()):
            resource = self.stack.resources.get(urn)
            if resource is not None:
                computed |= resource.computed_texts()
        if texts is None:
            return bool(computed)
        return any(output in text for text in texts for output in computed if len(output) > 3)  # noqa: PLR2004 shorter ones are anywhere

    def computed_texts(self) -> set[str]:
        """The texts among the outputs that are known and were no inputs."""
        given = {leaf.value for leaf in leaves(self.value)}
        return {
            leaf.value
            for leaf in leaves(self.outputs or {})
            if isinstance(leaf.value, str) and leaf.value and leaf.value not in given
        }

    def sources(self, path: str) -> Iterator[Resource]:
        """The resources whose outputs the input at a path is made from.

        Dependencies are known for a top-level input as a whole, so this is as exact as Pulumi is.
        Resources that the stack does not manage are not among them.

        Raises:
            DependenciesUnknownError: the source does not know them yet.
        """
        if self.property_dependencies is None:
            raise DependenciesUnknownError
        for urn in self.property_dependencies.get(str(parse_path(path)[0]), ()):
            resource = self.stack.resources.get(urn)
            if resource is not None:
                yield resource

    def referred(self, path: str, *tokens: str) -> Iterator[Resource]:
        """Those of some types among the `sources` of the input at a path.

        Raises:
            DependenciesUnknownError: the source does not know them yet.
        """
        return (source for source in self.sources(path) if source.type.token in tokens)

    def refers_to(self, path: str, token: str) -> bool:
        """Whether the value at a path is made from an output of a resource of a type.

        Dependencies are known for a top-level input as a whole, so this is as exact as Pulumi is.

        Raises:
            DependenciesUnknownError: the source does not know them yet.
        """
        if self.property_dependencies is None:
            raise DependenciesUnknownError
        if not self.is_set(path):
            return False
        urns = self.property_dependencies.get(str(parse_path(path)[0]), ())
        return any(type_of(urn) == token for urn in urns)

    @property
    def secret_texts(self) -> frozenset[str]:
        """The texts among the inputs that lie under a secret mark."""
        if self._secret_texts is None:
            has_secrets = getattr(self.value, "has_secrets", None)
            self._secret_texts = (
                frozenset()
                if has_secrets is not None and not has_secrets()
                else frozenset(
                    leaf.value
                    for leaf in leaves(self.value)
                    if leaf.is_secret and isinstance(leaf.value, str)
                )
            )
        return self._secret_texts

    @property
    def serialized(self) -> bytes | None:
        """The inputs as they came over the wire, every string unchanged; `None` if they did not.

        To look for a text in them is much faster than to take them apart.
        """
        serialize = getattr(self.value, "serialized", None)
        return None if serialize is None else serialize()

    def provider_input(self, name: str) -> Mapping[str, Value]:
        """A mapping among the provider's own inputs, such as `defaultLabels`; empty if unset.

        Pulumi passes a provider's nested inputs as JSON text.

        Raises:
            UndecidedError: the provider's input is not known before deployment.
        """
        value = unwrap(self.provider.get(name))
        if value is UNKNOWN:
            raise UndecidedError(f"provider.{name}")
        if isinstance(value, str):
            try:
                value = from_json(value)
            except ValueError:
                return {}
        return value if isinstance(value, Mapping) else {}

    def __repr__(self) -> str:
        return f"<Resource {self.urn}>"


@dataclass
class Stack:
    """The stack as a whole: its name, its secret config, its resources and its outputs.

    Attributes:
        spending: what it costs and may cost; without limits unless whoever judges it sets them.
        has_config: whether the source knows the config; a state of what exists does not have it.
    """

    name: str
    project: str
    config: Mapping[str, str] = field(default_factory=dict)
    secret_config: SecretConfig = field(default_factory=SecretConfig)
    resources: dict[str, Resource] = field(default_factory=dict)
    outputs: Resource | None = None
    spending: Spending = field(default_factory=Spending)
    has_config: bool = True
    _by_type: dict[str, dict[str, Resource]] = field(default_factory=lambda: defaultdict(dict))
    _ordered: dict[str, list[Resource]] = field(default_factory=dict)

    @property
    def urn(self) -> str:
        """The URN of the stack itself, which stack-wide complaints name."""
        return f"urn:pulumi:{self.name}::{self.project}::{STACK_TYPE}::{self.project}-{self.name}"

    def add(self, resource: Resource) -> Self:
        """Takes a resource in, in place of one with the same URN."""
        self._by_type[resource.type.token][resource.urn] = resource
        self._ordered.pop(resource.type.token, None)
        self.resources[resource.urn] = resource
        return self

    def of_type(self, *tokens: str) -> Iterator[Resource]:
        """The resources of some types, by URN: a program registers them in no order."""
        for token in tokens:
            yield from self._in_order(token)

    def _in_order(self, token: str) -> list[Resource]:
        if token not in self._ordered:
            there = self._by_type.get(token, {})
            self._ordered[token] = [there[urn] for urn in sorted(there)]
        return self._ordered[token]

    def referring_to(self, resource: Resource, *tokens: str) -> Iterator[Resource]:
        """The resources of some types with an input that is made from a resource's output.

        Raises:
            DependenciesUnknownError: the source does not know the dependencies yet.
        """
        for other in self.of_type(*tokens):
            if other.property_dependencies is None:
                raise DependenciesUnknownError
            if any(resource.urn in urns for urns in other.property_dependencies.values()):
                yield other

    def each(
        self, resources: Iterable[AnyView], check: Callable[[AnyView], Iterable[Complaint]]
    ) -> Iterator[Complaint]:
        """What a check says of each resource, or part of one, the violations first.

        Raises:
            UndecidedError: after all that is known: a resource has a value that is not.
        """
        undecided: UndecidedError | None = None
        for resource in resources:
            try:
                yield from check(resource)
            except UndecidedError as error:
                undecided = undecided or error
        if undecided is not None:
            raise undecided

    def __iter__(self) -> Iterator[Resource]:
        return iter(self.resources.values())

    def fail(self, message: str, *, at: str = "") -> Complaint:
        """What a rule yields when no single resource is at fault."""
        return Complaint(self.urn, message, at)
