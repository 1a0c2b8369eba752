"""The values of a resource in a plan or a state, as a Pulumi program would give them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from apex_guardrails.checkov.values import SENSITIVE
from apex_guardrails.model import UNKNOWN, Secret
from apex_guardrails.model.value import Value
from apex_guardrails.translation.terraform_names import Member, member_of

_NOT_INPUTS: Final = frozenset({"id", "timeouts"})
_WRITE_ONLY: Final = "_wo"
"""How the names of inputs end that Terraform sends to the provider and keeps nowhere."""


@dataclass(frozen=True, slots=True)
class Forms:
    """A value in the forms in which a plan has it; `None` where a form says nothing.

    Attributes:
        value: what is known of it.
        unknown: `True`, or in the value's own shape, what is not known.
        sensitive: the same for what is secret.
        expressions: what the configuration says of it; a state has none.
        has_expressions: whether the configuration says of every field whether it is given.
    """

    value: Any
    unknown: Any = None
    sensitive: Any = None
    expressions: Any = None
    has_expressions: bool = False

    def member(self, key: str) -> Forms:
        """The same of a member of an object."""
        return Forms(
            _at(self.value, key),
            _at(self.unknown, key),
            _at(self.sensitive, key),
            _at(self.expressions, key),
            self.has_expressions,
        )

    def element(self, index: int) -> Forms:
        """The same of an element of a list."""
        expressions = self.expressions
        is_told = self.has_expressions and isinstance(expressions, list)
        # One that the configuration makes of others ("dynamic") is not told of.
        is_told = is_told and len(expressions) == len(self.value)
        return Forms(
            _at(self.value, index),
            _at(self.unknown, index),
            _at(self.sensitive, index),
            _at(expressions, index) if is_told else None,
            is_told,
        )


def _at(form: Any, key: str | int) -> Any:
    """What a form says of a part; what it says of the whole, it says of each part."""
    if form is True:
        return True
    if isinstance(form, Mapping):
        return form.get(key)
    if isinstance(form, list) and isinstance(key, int) and key < len(form):
        return form[key]
    return None


def inputs_of(forms: Forms, members: Mapping[str, Member]) -> dict[str, Value]:
    """What the program gives, with the defaults that the provider filled in."""
    found: dict[str, Value] = {}
    for key in _keys(forms):
        member = member_of(key, members)
        if key in _NOT_INPUTS or member.field.get("output"):
            continue
        value = _value(forms.member(key), member, key)
        if value is not None:
            found[member.name] = value
    return found


def outputs_of(forms: Forms, members: Mapping[str, Member]) -> dict[str, Value]:
    """All that is known of a resource, inputs among it."""
    found: dict[str, Value] = {}
    for key in _keys(forms):
        member = member_of(key, members)
        value = _value(Forms(forms.member(key).value), member, key)
        if value is not None:
            found[member.name] = value
    return found


def _keys(forms: Forms) -> list[str]:
    """The fields that any of the forms has, in order."""
    keys: dict[str, None] = {}
    for form in (forms.value, forms.unknown):
        if isinstance(form, Mapping):
            keys |= dict.fromkeys(form)
    if isinstance(forms.expressions, Mapping):
        keys |= dict.fromkeys(key for key in forms.expressions if key.endswith(_WRITE_ONLY))
    return list(keys)


def _value(forms: Forms, member: Member, key: str) -> Value:
    """A field's value; `None` where the program does not give it."""
    value = _bare(forms, member, key)
    if value is None or isinstance(value, Secret):
        return value
    if value == SENSITIVE:
        # What `apex export` writes in place of a secret.
        return Secret(UNKNOWN)
    return Secret(value) if forms.sensitive is True or member.field.get("sensitive") else value


def _bare(forms: Forms, member: Member, key: str) -> Value:
    value = forms.value
    if forms.unknown is True:
        return UNKNOWN if _is_given(forms, member) else None
    if value is None:
        return _written(forms) if key.endswith(_WRITE_ONLY) else None
    if isinstance(value, list):
        return _list(forms, member)
    if isinstance(value, Mapping):
        return inputs_of(forms, member.members) if member.members else _map(forms)
    # What is not set is an empty text in a state, as a provider cannot tell the two apart.
    return None if value == "" else value


def _is_given(forms: Forms, member: Member) -> bool:
    """Whether the program gives what is not known, which may be Google's to choose."""
    if forms.expressions is not None:
        return True
    return not (forms.has_expressions or member.field.get("output"))


def _written(forms: Forms) -> Value:
    """A write-only input: it stands in the configuration alone, where it is a constant."""
    if not isinstance(forms.expressions, Mapping):
        return None
    constant = forms.expressions.get("constant_value")
    return Secret(UNKNOWN) if constant is None else Secret(constant)


def _list(forms: Forms, member: Member) -> Value:
    found: list[Value] = []
    for index, item in enumerate(forms.value):
        inside = forms.element(index)
        if isinstance(item, Mapping):
            element: Value = inputs_of(inside, member.members)
        elif isinstance(item, list):
            element = _list(inside, member)
        else:
            element = UNKNOWN if inside.unknown is True else item
        found.append(Secret(element) if inside.sensitive is True else element)
    if member.is_single:
        return found[0] if found else None
    # An empty list says no more than none: a plan has one for each block that is not there.
    return found or None


def _map(forms: Forms) -> Value:
    """A map with keys of the program's own, such as labels: they stay as they are."""
    keys = [*forms.value, *(_unknown_keys(forms) - forms.value.keys())]
    found: dict[str, Value] = {}
    for key in keys:
        inside = forms.member(key)
        value = UNKNOWN if inside.unknown is True else inside.value
        if value is not None:
            found[key] = Secret(value) if inside.sensitive is True else value
    return found or None


def _unknown_keys(forms: Forms) -> set[str]:
    return set(forms.unknown) if isinstance(forms.unknown, Mapping) else set()
