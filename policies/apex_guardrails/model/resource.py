"""A resource of a stack as a rule sees it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from copy import copy
from typing import TYPE_CHECKING, TypeVar, TypeVarTuple

from apex_guardrails.model.ignored import IgnoredChanges
from apex_guardrails.model.resource_type import ResourceType, name_of
from apex_guardrails.model.value import (
    UNKNOWN,
    KnownParts,
    SecretOrigin,
    Step,
    Value,
    from_json,
    has_secrets,
    join_path,
    leaves,
    parse_path,
    unwrap,
)
from apex_guardrails.model.view import DependenciesUnknownError, UndecidedError, View
from apex_guardrails.model.violation import SourcePosition

if TYPE_CHECKING:
    from apex_guardrails.model.stack import Stack

Made = TypeVar("Made")
Given = TypeVarTuple("Given")


class Resource(View):
    """One resource of the stack, with the inputs that the provider's check has completed."""

    __slots__ = (
        "_dependencies",
        "_known_parts",
        "_secret_texts",
        "custom",
        "equivalent",
        "functions",
        "ignored",
        "is_imported",
        "is_protected",
        "is_read",
        "name",
        "outputs",
        "parent",
        "places",
        "position",
        "property_dependencies",
        "provider",
        "secret_origins",
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
        is_protected: bool | None = False,
        ignore_changes: Collection[str] = (),
        is_imported: bool = False,
        is_read: bool = False,
        provider: Mapping[str, Value] | None = None,
        dependencies: Iterable[str] | None = None,
        property_dependencies: Mapping[str, Iterable[str]] | None = None,
        position: SourcePosition | None = None,
        known_parts: Mapping[tuple[Step, ...], KnownParts] | None = None,
        functions: Mapping[tuple[Step, ...], tuple[str, ...]] | None = None,
        secret_origins: Mapping[tuple[Step, ...], tuple[SecretOrigin, ...]] | None = None,
    ) -> None:
        ignored = IgnoredChanges(ignore_changes) if ignore_changes else None
        # Not as its own `_resource`: what refers to itself is freed late.
        self.path = ""
        self.value = ignored.watched(inputs) if ignored else inputs
        self.ignored = ignored or None
        """The inputs that may be deployed with other values, which the source does not know."""
        self.urn = urn
        self.type = resource_type
        self.name = name_of(urn)
        self.parent = parent
        self.custom = custom
        self.is_protected = is_protected
        """Whether an option keeps it from being deleted; `None` where the source tells none."""
        self.is_imported = is_imported
        """Whether this deployment takes over what is there already."""
        self.is_read = is_read
        """Whether the program looks it up, and it is not the program's to deploy."""
        self.provider: Mapping[str, Value] = provider or {}
        self.stack = stack
        self.position = position
        self._dependencies = None if dependencies is None else frozenset(dependencies)
        self._known_parts = known_parts or None
        self.functions = functions or {}
        """From which functions inputs come that are not known, by steps; where the source knows."""
        self.secret_origins = secret_origins or {}
        """The same of secret outputs."""
        self._secret_texts: frozenset[str] | None = None
        self.property_dependencies = property_dependencies
        self.outputs: Mapping[str, Value] | None = None
        """What the provider gave back, inputs among it; where the source knows it."""
        self.equivalent: Resource | None = None
        """The same as a resource of Google Cloud's own provider, where another one makes it."""
        self.places: Mapping[str, str] | None = None
        """Of an equivalent: where the program says what is at each of its paths."""

    def with_inputs(self, change: Callable[[Mapping[str, Value]], Mapping[str, Value]]) -> Resource:
        """The same resource with changed inputs."""
        other: Resource = copy(self)
        ignored = self.ignored
        inputs = change(self.value if ignored is None else ignored.unwatched(self.value))
        other.value = inputs if ignored is None else ignored.watched(inputs)
        other._secret_texts = None
        return other

    @property
    def resource(self) -> Resource:
        """The resource itself: it is the view of all its inputs."""
        return self

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
        if self.equivalent is not None:
            of_inputs = {urn for urns in property_dependencies.values() for urn in urns}
            self.equivalent.learn(
                dependencies, dict.fromkeys(self.equivalent.value, sorted(of_inputs)), {}
            )
        self.stack.forget()

    def told_at(self, path: str) -> str:
        """Where the program says what is at a path; of an equivalent that is elsewhere."""
        if self.places is None:
            return path
        steps = parse_path(path) if path else ()
        for end in range(len(steps), -1, -1):
            here = ""
            for step in steps[:end]:
                here = join_path(here, step)
            if here in self.places:
                told = self.places[here]
                for step in steps[end:]:
                    told = join_path(told, step)
                return told
        return path

    def once(self, make: Callable[[Resource, *Given], Made], *given: *Given) -> Made:
        """What is made of the resource for all who ask for it, until the stack changes.

        Where changes are ignored it is made anew each time: which inputs a rule reads is watched.

        Args:
            make: What makes it: of the resource, of others that it refers to, of nothing else.
            given: What it is made with, besides.
        """
        if self.ignored is not None:
            return make(self, *given)
        key = (make, self, *given)
        kept = self.stack.made
        try:
            made: Made = kept[key]
        except KeyError:
            made = kept[key] = make(self, *given)
        return made

    def is_made_from_outputs(self, name: str, texts: Iterable[str] | None = None) -> bool:
        """Whether an input that is known is made from what another resource computed.

        Args:
            name: A top-level input: for these dependencies are known.
            texts: What is looked for in the outputs, for a part of the input; `None` for all of it.

        Raises:
            DependenciesUnknownError: the source does not know them yet.
        """
        if self.ignored is not None:
            self.ignored.ask(name)
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
        for urn in self._source_urns(path):
            resource = self.stack.resources.get(urn)
            if resource is not None:
                yield resource.equivalent or resource

    def source_types(self, path: str) -> Iterator[str]:
        """The type of each resource that the input at a path is made from.

        Those that the stack does not manage are among them: another stack, what the program reads.

        Raises:
            DependenciesUnknownError: the source does not know them yet.
        """
        return map(self.stack.type_of, self._source_urns(path))

    def _source_urns(self, path: str) -> Iterable[str]:
        if self.ignored is not None:
            self.ignored.ask(path)
        if self.property_dependencies is None:
            raise DependenciesUnknownError
        return self.property_dependencies.get(str(parse_path(path)[0]), ())

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
        return any(self.stack.type_of(urn) == token for urn in urns)

    @property
    def secret_texts(self) -> frozenset[str]:
        """The texts among the inputs that lie under a secret mark."""
        if self._secret_texts is None:
            texts = self.texts() if has_secrets(self.value) else ()
            self._secret_texts = frozenset(
                leaf.value for leaf in texts if leaf.is_secret and isinstance(leaf.value, str)
            )
        return self._secret_texts

    @property
    def has_known_parts(self) -> bool:
        """Whether parts are known of some text that is not known as a whole."""
        return self._known_parts is not None

    def parts_at(self, path: str) -> KnownParts | None:
        """The parts of the unknown text at the path of a leaf, where the source can tell them."""
        if self._known_parts is None or not path:
            return None
        return self._known_parts.get(parse_path(path))

    @property
    def serialized(self) -> bytes | None:
        """The inputs as they came over the wire, every string unchanged; `None` if they did not.

        To look for a text in them is much faster than to take them apart. The known parts of
        unknown texts follow them.
        """
        serialize = getattr(self.value, "serialized", None)
        if serialize is None:
            return None
        inputs: bytes = serialize()
        if self._known_parts is None:
            return inputs
        parts = (part for parts in self._known_parts.values() for part in parts if part)
        return b"\0".join((inputs, *(part.encode(errors="surrogatepass") for part in parts)))

    def provider_input(self, name: str) -> Mapping[str, Value]:
        """A mapping among the provider's own inputs, such as `defaultLabels`; empty if unset.

        Pulumi passes a provider's nested inputs as JSON text.

        Raises:
            UndecidedError: the provider's input is not known before deployment.
        """
        value = unwrap(self.provider.get(name))
        if value is UNKNOWN:
            raise UndecidedError(f"provider.{name}", self)
        if isinstance(value, str):
            try:
                value = from_json(value)
            except ValueError:
                return {}
        return value if isinstance(value, Mapping) else {}

    def __repr__(self) -> str:
        return f"<Resource {self.urn}>"
