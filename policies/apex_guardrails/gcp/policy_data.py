"""An IAM policy as JSON text: its roles and members, also where only parts of it are known."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from apex_guardrails.model.resource import Resource
from apex_guardrails.model.value import UNKNOWN, KnownParts, Value, from_json

POLICY_DATA: Final = "policyData"
"""The input of a policy, which holds all roles and members as JSON text."""

_HOLE: Final = "\ue000"
"""Stands for what is not known; a character that means nothing to anybody."""

_ESCAPED_OR_QUOTE = re.compile(r'\\.|"', re.DOTALL)


class Given(NamedTuple):
    """One role for one member.

    Attributes:
        parts: what is known of a member that is not known as a whole.
    """

    role: Value
    member: Value
    parts: KnownParts | None = None


def policy_grants(policy: Resource) -> Iterator[Given]:
    """The roles and members of a policy; none of what Google would refuse.

    Raises:
        UndecidedError: nothing of it is known before deployment.
    """
    is_known = policy.peek(POLICY_DATA) is not UNKNOWN
    parts = None if is_known else policy.known_parts(POLICY_DATA)
    text = policy.get(POLICY_DATA) if parts is None else "".join(_closed(parts))
    try:
        content = from_json(text)
    except (ValueError, TypeError):
        return
    for binding in _elements(content, "bindings"):
        if binding == _HOLE:
            yield Given(UNKNOWN, UNKNOWN)
        role, _ = _seen(_member(binding, "role"))
        for member in _elements(binding, "members"):
            if isinstance(member, str):
                yield Given(role, *_seen(member))


def _closed(parts: KnownParts) -> Iterator[str]:
    """The parts of a JSON text, with something in each hole: in a text, or as one of its own."""
    is_in_text = False
    for part in parts:
        if part is None:
            yield _HOLE if is_in_text else f'"{_HOLE}"'
        else:
            quotes = sum(found == '"' for found in _ESCAPED_OR_QUOTE.findall(part))
            is_in_text ^= bool(quotes % 2)
            yield part


def _seen(text: Value) -> tuple[Value, KnownParts | None]:
    """A text that may have holes: itself, or `UNKNOWN` and what is known of it; "" for no text."""
    if not isinstance(text, str) or _HOLE not in text:
        return text if isinstance(text, str) else "", None
    split = re.split(f"({_HOLE})", text)
    parts = tuple(None if part == _HOLE else part for part in split if part)
    return UNKNOWN, parts if any(parts) else None


def _member(value: Value, name: str) -> Value:
    return value.get(name) if isinstance(value, Mapping) else None


def _elements(value: Value, name: str) -> Sequence[Value]:
    found = _member(value, name)
    if found == _HOLE:
        return (_HOLE,)
    return found if isinstance(found, list) else ()
