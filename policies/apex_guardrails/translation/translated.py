"""Inputs of another provider in the words of Google Cloud's own, and where each of them stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from apex_guardrails.model import UNKNOWN, Resource, Secret
from apex_guardrails.model.value import (
    KnownParts,
    Step,
    Value,
    join_path,
    parse_path,
    unwrap,
)
from apex_guardrails.provider import resource_type
from apex_guardrails.translation.terraform_names import Member


class PartlyTranslated(dict[str, Value]):
    """An object of which some members have no translation: what it lacks may be among them."""

    def get(self, key: str, default: Value = None) -> Value:
        """As a dictionary's; what is not there is not known."""
        return super().get(key, UNKNOWN if default is None else default)


_REFERENCE: Final = "Ref"
_FROM: Final = frozenset({"value", "valueFrom"})
"""The members of what is given as text, or taken from a Secret of the cluster."""

_ENDINGS: Final = ("", "_name", "_id", "_self_link", "_link")


@dataclass
class Translation:
    """The inputs of one resource.

    Attributes:
        resource: as the program makes it.
        references: names of fields that refer to another object, by what is before `Ref`, where
            they do not follow from it.
        names: the Terraform names of fields that are called otherwise, in small letters.
        without: fields that say nothing that a rule asks for.
        places: where the program says what is at each path of the inputs.
        known_parts: those of texts that are not known as a whole.
    """

    resource: Resource
    references: Mapping[str, Sequence[str]] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    without: frozenset[str] = frozenset()
    places: dict[str, str] = field(default_factory=lambda: {"": ""})
    known_parts: dict[tuple[Step, ...], KnownParts] = field(default_factory=dict)

    def object(
        self, given: Mapping[str, Value], members: Mapping[str, Member], path: str, at: str
    ) -> dict[str, Value]:
        """An object of the inputs.

        Args:
            given: as the program has it.
            members: the fields that it may have, by their Terraform names.
            path: where it is among the inputs that are made.
            at: where it stands in the program.
        """
        self.places[path] = at
        by_name = {name.replace("_", ""): member for name, member in members.items()}
        found: dict[str, Value] = {}
        is_whole = True
        for key, value in given.items():
            if key in self.without:
                continue
            member = self._member(key, by_name)
            if member is None:
                is_whole = False
                continue
            below, there = join_path(path, member.name), join_path(at, key)
            is_reference = key.endswith(_REFERENCE)
            said, there = _reference(unwrap(value), there) if is_reference else (value, there)
            made = self._value(said, member, below, there)
            if made is not None:
                found[member.name] = made
        return found if is_whole else PartlyTranslated(found)

    def _member(self, key: str, by_name: Mapping[str, Member]) -> Member | None:
        stem = key.removesuffix(_REFERENCE)
        if stem == key:
            return by_name.get(self.names.get(key, key).replace("_", "").lower())
        names = (*self.references.get(stem, ()), *(f"{stem}{end}" for end in _ENDINGS))
        found = (by_name.get(name.replace("_", "").lower()) for name in names)
        return next((member for member in found if member is not None), None)

    def _value(self, value: Value, member: Member, path: str, at: str) -> Value:
        self.places[path] = at
        if isinstance(value, Secret):
            inner = self._value(value.value, member, path, at)
            return None if inner is None else Secret(inner)
        if value is UNKNOWN:
            parts = self.resource.parts_at(at)
            if parts is not None:
                self.known_parts[parse_path(path)] = parts
            return UNKNOWN
        if isinstance(value, Mapping):
            return self._mapping(value, member, path, at)
        if isinstance(value, Sequence) and not isinstance(value, str):
            if member.field.get("type") == "map":
                return self._entries(value, path, at)
            return [
                self._value(item, member, join_path(path, index), join_path(at, index))
                for index, item in enumerate(value)
            ]
        return value

    def _mapping(self, value: Mapping[str, Value], member: Member, path: str, at: str) -> Value:
        if not member.members:
            if value.keys() <= _FROM and value:
                text = value.get("value")
                return UNKNOWN if text is None else self._value(text, member, path, f"{at}.value")
            return dict(value)
        if member.field.get("type") == "list" and not path.endswith("]"):
            first = join_path(path, 0)
            return [self.object(value, member.members, first, at)]
        return self.object(value, member.members, path, at)

    def _entries(self, value: Sequence[Value], path: str, at: str) -> dict[str, Value]:
        """A map that is given as a list of keys and values."""
        found: dict[str, Value] = {}
        for index, item in enumerate(value):
            entry = unwrap(item)
            key = unwrap(entry.get("key")) if isinstance(entry, Mapping) else None
            if isinstance(key, str):
                found[key] = entry.get("value")
                self.places[join_path(path, key)] = f"{join_path(at, index)}.value"
        return found

    def put(self, inputs: dict[str, Value], path: str, value: Value, at: str) -> None:
        """Sets what is said elsewhere than where the inputs have it, and is not there yet."""
        if value is None:
            return
        *outer, last = map(str, parse_path(path))
        for step in outer:
            inner = unwrap(inputs.setdefault(step, {}))
            if not isinstance(inner, dict):
                return
            inputs = inner
        if dict.get(inputs, last) is None:
            inputs[last] = value
            self.places[path] = at

    def resource_of(self, token: str, inputs: Mapping[str, Value]) -> Resource:
        """The resource of Google Cloud's provider that has the inputs."""
        by = self.resource
        of_inputs = by.property_dependencies
        urns = (
            None
            if of_inputs is None
            else sorted({it for urns in of_inputs.values() for it in urns})
        )
        made = Resource(
            by.urn,
            resource_type(token),
            inputs,
            by.stack,
            parent=by.parent,
            is_protected=by.is_protected,
            is_imported=by.is_imported,
            is_read=by.is_read,
            dependencies=urns,
            property_dependencies=None if urns is None else dict.fromkeys(inputs, urns),
            position=by.position,
            known_parts=self.known_parts,
        )
        made.places = self.places
        return made


def opened(value: Value) -> Value:
    """What may be lazy, as a dictionary or a list."""
    if isinstance(value, Mapping):
        return dict(value)
    return list(value) if not isinstance(value, str) and hasattr(value, "__len__") else value


def _reference(value: Value, at: str) -> tuple[Value, str]:
    """The other object's name, or what it is called outside, and where that stands."""
    if not isinstance(value, Mapping):
        return value, at
    for key in ("external", "name"):
        text = unwrap(value.get(key))
        if text is not None:
            return text, join_path(at, key)
    return UNKNOWN, at
