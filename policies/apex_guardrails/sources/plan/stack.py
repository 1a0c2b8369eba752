"""The stack of a plan or a state: its resources, modules and providers in Pulumi's words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from apex_guardrails.model import STACK_TYPE, UNKNOWN, Resource, ResourceType, Secret, Stack
from apex_guardrails.model.value import Value, leaves, unwrap
from apex_guardrails.model.view import DependenciesUnknownError
from apex_guardrails.provider import current, resource_type
from apex_guardrails.sources.plan.configuration import Configuration
from apex_guardrails.sources.plan.providers import Providers
from apex_guardrails.sources.plan.records import Key, ModulePath, Record
from apex_guardrails.sources.plan.references import References
from apex_guardrails.sources.plan.values import Forms, inputs_of, outputs_of
from apex_guardrails.support.names import camel_case
from apex_guardrails.translation.terraform_names import Kind, kind_of, member_of

MODULE: Final = "terraform:index:Module"
_DATA: Final = "terraform:data:"
_NAMES: Final = ("name", "id", "selfLink", "email")
"""What a resource is named by, also where it is an input."""
_SHORTEST: Final = 4
"""Characters; shorter texts are anywhere by chance."""


@dataclass(frozen=True, slots=True)
class Change:
    """What a plan does to one resource."""

    address: str
    actions: tuple[str, ...]
    unknown: Any
    sensitive: Any
    is_imported: bool = False
    is_deposed: bool = False

    @property
    def is_planned(self) -> bool:
        """Whether the resource is there once the plan is carried out, and is not as it was."""
        return not self.is_deposed and not {"create", "update"}.isdisjoint(self.actions)


@dataclass(frozen=True, slots=True)
class Filling:
    """What a stack is made of.

    Attributes:
        records: the resources, and the data sources.
        changes: what the plan does, by address; none in a state.
        configuration: what the configuration says; `None` for a state, which has none.
        outputs: the root module's, each with its value and whether it is sensitive or unknown.
    """

    records: Sequence[Record]
    changes: Mapping[str, Change] = field(default_factory=dict)
    configuration: Configuration | None = None
    outputs: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


class Dependencies(dict[str, tuple[str, ...]]):
    """What each input is made from; who asks for one of which that is not told is not answered."""

    untold: frozenset[str] = frozenset()

    def get(self, key: str, default: Any = None) -> Any:
        """As a dictionary's.

        Raises:
            DependenciesUnknownError: the plan does not tell it.
        """
        if key in self.untold:
            raise DependenciesUnknownError
        return super().get(key, default)


def fill(stack: Stack, filling: Filling) -> int:
    """Adds what a stack is made of; returns how many inputs come from nobody knows where."""
    root = Resource(
        stack.urn,
        resource_type(STACK_TYPE),
        {},
        stack,
        custom=False,
        dependencies=(),
        property_dependencies={},
    )
    stack.add(root)
    outputs = {name: _output(output) for name, output in filling.outputs.items()}
    stack.outputs = Resource(stack.urn, root.type, outputs, stack)
    for path in sorted(
        {record.module[:depth] for record in filling.records for depth in _depths(record)},
        key=len,
    ):
        parent = _module_urn(stack, path[:-1])
        stack.add(
            Resource(
                _module_urn(stack, path),
                ResourceType(MODULE),
                {},
                stack,
                parent=parent,
                custom=False,
                dependencies=(),
                property_dependencies={},
            )
        )
    return _Maker(stack, filling).make()


def _depths(record: Record) -> range:
    return range(1, len(record.module) + 1)


def _module_urn(stack: Stack, path: ModulePath) -> str:
    if not path:
        return stack.urn
    name = ".".join(f"module.{name}{_index(key)}" for name, key in path)
    return f"urn:pulumi:{stack.name}::{stack.project}::{MODULE}::{name}"


def _index(key: Key) -> str:
    """As an address has it."""
    if key is None:
        return ""
    return f"[{key}]" if isinstance(key, int) else f'["{key}"]'


def _output(output: Mapping[str, Any]) -> Value:
    value: Value = UNKNOWN if output.get("unknown") is True else output.get("value")
    return Secret(value) if output.get("sensitive") is True else value


class _Maker:
    """Makes the resources of one stack."""

    def __init__(self, stack: Stack, filling: Filling) -> None:
        self._stack = stack
        self._filling = filling
        self._kinds = {record.address: _kind(record) for record in filling.records}
        self._urns = {
            record.address: (
                f"urn:pulumi:{stack.name}::{stack.project}::"
                f"{self._kinds[record.address].token}::{record.address}"
            )
            for record in filling.records
        }
        self._told = {
            record.address: outputs_of(Forms(record.values), self._kinds[record.address].members)
            for record in filling.records
        }
        self._blocks: defaultdict[str, list[str]] = defaultdict(list)
        """Which resources an address of a state means: all that a block makes."""
        for record in filling.records:
            names = "".join(f"module.{name}." for name, _ in record.module)
            if not record.is_data:
                self._blocks[f"{names}{record.kind}.{record.name}"].append(
                    self._urns[record.address]
                )
        self._data = {record.address for record in filling.records if record.is_data}
        self._providers = Providers(stack, filling.configuration, filling.records)
        self._without = 0

    def make(self) -> int:
        """Adds each of them."""
        for record in self._filling.records:
            kind = self._kinds[record.address]
            change = self._filling.changes.get(record.address)
            made = Resource(
                self._urns[record.address],
                resource_type(kind.token),
                {} if record.is_data else self._inputs(record, kind, self._forms(record, change)),
                self._stack,
                parent=_module_urn(self._stack, record.module),
                # An option of the configuration, which Terraform keeps to itself.
                is_protected=None,
                is_imported=change is not None and change.is_imported,
                is_read=record.is_data,
                provider=self._providers.of(record),
            )
            made.outputs = self._told[record.address]
            self._stack.add(made)
        texts = self._own_texts()
        for record in self._filling.records:
            made = self._stack.resources[self._urns[record.address]]
            found = self._dependencies(record, made, texts)
            made.learn(*found, self._told[record.address])
        return self._without

    def _forms(self, record: Record, change: Change | None) -> Forms:
        configuration = self._filling.configuration
        told = configuration.resource(record) if configuration else None
        expressions = None if told is None else told.get("expressions") or {}
        sensitive = record.sensitive
        if change is not None and not sensitive:
            sensitive = change.sensitive
        unknown = None if change is None else change.unknown
        return Forms(record.values, unknown, sensitive, expressions, told is not None)

    def _inputs(self, record: Record, kind: Kind, forms: Forms) -> Mapping[str, Value]:
        if kind.is_known or not isinstance(forms.expressions, Mapping):
            inputs = inputs_of(forms, kind.members)
            if kind.is_known:
                return current(kind.token, inputs)
            # What another provider makes up is a secret far more often than what it is given.
            return {key: it for key, it in inputs.items() if not isinstance(it, Secret)}
        # Of other providers nothing says what is computed, but that it is not given.
        given = {camel_case(key) for key in forms.expressions}
        inputs = inputs_of(forms, kind.members)
        return {key: value for key, value in inputs.items() if key in given}

    def _dependencies(
        self, record: Record, made: Resource, texts: Mapping[str, set[str]]
    ) -> tuple[set[str], Dependencies]:
        """What a resource waits for, and which of its inputs for what."""
        if self._filling.configuration is None:
            return self._noted(record, made, texts)
        configuration = self._filling.configuration
        members = self._kinds[record.address].members
        expressions = (configuration.resource(record) or {}).get("expressions")
        found, untold = Dependencies(), set()
        urns = self._all(References.depends_on(configuration, record))
        for key, expression in expressions.items() if isinstance(expressions, dict) else ():
            name = member_of(key, members).name
            references = References.of(configuration, record, expression)
            of_input = self._all(references)
            is_unknown = _is_unknown(made.value.get(name))
            if references.has_locals:
                # Whoever has the text that a local value brings is taken for its source.
                of_input |= _sources(made, name, texts)
                if not of_input and is_unknown:
                    untold.add(name)
            found[name] = tuple(sorted(of_input))
            urns |= of_input
            data = sorted(it for it in references.addresses if it in self._data)
            if data and is_unknown:
                made.functions = {**made.functions, (name,): tuple(data)}
        found.untold = frozenset(untold)
        self._without += len(untold)
        return urns, found

    def _noted(
        self, record: Record, made: Resource, texts: Mapping[str, set[str]]
    ) -> tuple[set[str], Dependencies]:
        """As a state notes it: of a resource as a whole, so that texts say which input it is."""
        urns = {urn for block in record.depends_on for urn in self._blocks.get(block, ())}
        found = Dependencies()
        for name in made.value:
            found[name] = tuple(sorted(_sources(made, name, texts) & urns))
        return urns, found

    def _all(self, references: References) -> set[str]:
        return {self._urns[address] for address in references.addresses if address in self._urns}

    def _own_texts(self) -> dict[str, set[str]]:
        """Who has which text: what others can name it by, and what it computed."""
        found: defaultdict[str, set[str]] = defaultdict(set)
        for urn in self._urns.values():
            made = self._stack.resources[urn]
            names = {text for key in _NAMES for text in _texts((made.outputs or {}).get(key))}
            for text in names | made.computed_texts():
                if len(text) >= _SHORTEST:
                    found[text].add(urn)
        return found


def _kind(record: Record) -> Kind:
    kind = kind_of(record.kind, record.provider)
    if not record.is_data:
        return kind
    return Kind(f"{_DATA}{camel_case(record.kind)}", kind.members, is_known=False)


def _texts(value: Value) -> Iterator[str]:
    for leaf in leaves(value):
        if isinstance(leaf.value, str):
            yield leaf.value


def _sources(made: Resource, name: str, texts: Mapping[str, set[str]]) -> set[str]:
    """Who else has a text that an input holds."""
    found = {urn for text in _texts(made.value.get(name)) for urn in texts.get(text, ())}
    return found - {made.urn}


def _is_unknown(value: Value) -> bool:
    return any(unwrap(leaf.value) is UNKNOWN for leaf in leaves(value))
