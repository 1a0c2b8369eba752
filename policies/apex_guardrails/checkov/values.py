"""The inputs of a resource in the four forms in which a Terraform plan has them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any, Final

from apex_guardrails.checkov.redaction import Redaction
from apex_guardrails.checkov.terraform import FieldName, TerraformType
from apex_guardrails.model import UNKNOWN, Asset, Resource, ResourceReference, Secret
from apex_guardrails.model.value import AssetArchive, Value, leaves, unwrap
from apex_guardrails.support.names import snake_case

SENSITIVE: Final = "(sensitive value)"
"""What stands for a secret text: that there is one is a fact that checks ask for."""

Sensitive = Mapping[str, Any]
"""Names of fields, as a tree; a name without any below is a credential."""


@dataclass(frozen=True, slots=True)
class Forms:
    """A value in each form; `None` where a form says nothing.

    Attributes:
        after: what is known of it.
        unknown: `True`, or in the same shape as the value, what is not known.
        sensitive: the same for what is secret.
        expressions: which other resources it refers to.
    """

    after: Any = None
    unknown: Any = None
    sensitive: Any = None
    expressions: Any = None


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a value stands.

    Attributes:
        name: what Terraform calls the field.
        field: how it differs from Pulumi's.
        sensitive: the credentials in it; an empty tree where it is one.
        is_secret: whether a secret mark is on it, or around it.
        sources: the resources whose outputs are in the top-level input that it is a part of.
    """

    name: str = ""
    field: FieldName = field(default_factory=FieldName)
    sensitive: Sensitive | None = None
    is_secret: bool = False
    sources: Sequence[Resource] = ()

    def member(self, name: str) -> _Place:
        """The place of a member of an object."""
        entry = self.field.get("fields", {}).get(name, FieldName())
        below = None if self.sensitive is None else self.sensitive.get(name)
        is_secret = self.is_secret or below == {}
        return _Place(terraform_name(name, entry), entry, below, is_secret, self.sources)

    def element(self) -> _Place:
        """The place of an element of a list."""
        return replace(self, field=FieldName(fields=self.field.get("fields", {})))


def terraform_name(name: str, entry: FieldName) -> str:
    """What Terraform calls a field that Pulumi gives a name."""
    return entry.get("as") or snake_case(name)


class Reader:
    """Reads the inputs of one resource."""

    def __init__(self, resource: Resource, addresses: Mapping[str, str], redact: Redaction) -> None:
        self._resource = resource
        self._addresses = addresses
        self._redact = redact

    def read(self, kind: TerraformType) -> Forms:
        """All of the inputs."""
        resource = self._resource
        top = _Place("", FieldName(fields=kind.fields), _tree(resource.type.sensitive))
        dependencies = resource.property_dependencies or {}
        members = []
        for name in resource.value:
            sources = [
                resource.stack.resources[urn]
                for urn in sorted(dependencies.get(name, ()))
                if urn in self._addresses
            ]
            place = replace(top, sources=sources).member(name)
            members.append((place.name, self._value(resource.value[name], place)))
        return self._object(members)

    def _value(self, value: Value, place: _Place) -> Forms:
        """A value of a field, in the form that Terraform gives the field."""
        if isinstance(value, Secret):
            place = replace(place, is_secret=True)
        value = unwrap(value)
        if isinstance(value, AssetArchive):
            # Terraform has the path of an archive there, and this one has none.
            return Forms(unknown=True)
        if isinstance(value, Sequence) and not isinstance(value, str):
            return self._list(value, place)
        is_block = isinstance(value, Mapping)
        if is_block and not place.field:
            return self._map(value, place)
        forms = self._block(value, place) if is_block else self._scalar(value, place)
        if not place.field.get("one") or value is None or _is_unknown(value):
            return forms
        return _listed([forms], is_block=is_block)

    def _block(self, value: Mapping[str, Value], place: _Place) -> Forms:
        places = ((name, place.member(name)) for name in value)
        return self._object(
            (inside.name, self._value(value[name], inside)) for name, inside in places
        )

    def _object(self, members: Iterable[tuple[str, Forms]]) -> Forms:
        after: dict[str, Any] = {}
        unknown: dict[str, Any] = {}
        sensitive: dict[str, Any] = {}
        expressions: dict[str, Any] = {}
        for name, forms in members:
            called = self._redact(name)
            for whole, part in (
                (after, forms.after),
                (unknown, forms.unknown),
                (sensitive, forms.sensitive),
                (expressions, forms.expressions),
            ):
                if part is not None:
                    whole[called] = part
        return Forms(after, unknown or None, sensitive or None, expressions or None)

    def _map(self, value: Mapping[str, Value], place: _Place) -> Forms:
        """A map with keys of the program's own, such as labels: they stay as they are."""
        if place.is_secret:
            references = self._references(place, UNKNOWN)
            return Forms(unknown=True, sensitive=True, expressions=references)
        inside = _Place(place.name, sources=place.sources)
        forms = self._object((key, self._value(value[key], inside)) for key in value)
        return replace(forms, expressions=_expression(_referred(forms.expressions)))

    def _list(self, values: Sequence[Value], place: _Place) -> Forms:
        """A list: of blocks, each with expressions of its own, or of scalars with one for all."""
        inside = place.element()
        parts = [self._value(values[index], inside) for index in range(len(values))]
        is_block = any(isinstance(part.after, Mapping) for part in parts)
        return _listed(parts, is_block=is_block)

    def _scalar(self, value: Value, place: _Place) -> Forms:
        references = self._references(place, value)
        if isinstance(value, Asset):
            value = value.path or value.uri or value.text
        if value is None:
            return Forms()
        is_secret = place.is_secret or (
            not isinstance(value, str | bool) and self._redact.holds(value)
        )
        mark = True if is_secret else None
        if isinstance(value, str):
            text = SENSITIVE if is_secret else self._redact(value)
            return Forms(text, None, mark, references)
        is_number = isinstance(value, int | float) and math.isfinite(value)
        if is_secret or not is_number:
            # What JSON cannot say, and the value of a secret, are as good as not known.
            return Forms(unknown=True, sensitive=mark, expressions=references)
        return Forms(value, expressions=references)

    def _references(self, place: _Place, value: Value) -> Any:
        """The expression of a value that other resources' outputs are in.

        Pulumi knows that for a top-level input as a whole: below it, what is not known comes from
        there, and what is known does where it is one of the other's own texts.
        """
        found: Sequence[Resource] = ()
        if isinstance(value, ResourceReference):
            other = self._resource.stack.resources.get(value.urn)
            found = [other] if other is not None and other.urn in self._addresses else []
        elif value is UNKNOWN:
            found = place.sources
        elif isinstance(value, str) and place.sources:
            found = [item for item in place.sources if value in _texts(item)]
        addresses = [self._addresses[item.urn] for item in found]
        # The field often says whose output it takes: a `subnetwork` is no `network`.
        words = place.name.split("_")
        addresses.sort(key=lambda address: _last_word(address) not in words)
        expression = _expression([form for item in addresses for form in (f"{item}.id", item)])
        # Of what is not known, the configuration alone tells that the program gives it.
        return {} if expression is None and value is UNKNOWN else expression


@cache
def _tree(paths: tuple[str, ...]) -> Sensitive:
    tree: dict[str, Any] = {}
    for path in paths:
        below = tree
        for step in path.replace("[]", "").split("."):
            below = below.setdefault(step, {})
    return tree


def _texts(resource: Resource) -> frozenset[str]:
    """The texts of a resource by which others can name it: its own inputs at the top."""
    inputs = resource.value
    return frozenset(
        text for name in inputs if isinstance(text := unwrap(inputs[name]), str) and text
    )


def _last_word(address: str) -> str:
    """What a resource is: `network` for `google_compute_network.vpc`."""
    return address.partition(".")[0].rpartition("_")[2]


def _is_unknown(value: Value) -> bool:
    return value is UNKNOWN or isinstance(value, ResourceReference)


def _expression(references: Sequence[str]) -> Any:
    return {"references": list(dict.fromkeys(references))} if references else None


def _referred(expressions: Any) -> list[str]:
    """Every reference below some expressions."""
    return [leaf.value for leaf in leaves(expressions) if isinstance(leaf.value, str)]


def _listed(parts: Sequence[Forms], *, is_block: bool) -> Forms:
    """The parts as a list."""
    blank: Any = {} if is_block else False

    def marks(given: list[Any]) -> Any:
        return [item or blank for item in given] if any(given) else None

    expressions = [part.expressions for part in parts]
    return Forms(
        [part.after for part in parts],
        marks([part.unknown for part in parts]),
        marks([part.sensitive for part in parts]),
        marks(expressions) if is_block else _expression(_referred(expressions)),
    )
