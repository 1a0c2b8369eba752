"""Attribute conditions of workload identity providers: whom an expression in CEL admits."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TypeAlias

Claims: TypeAlias = "Mapping[str, str | None]"
"""The claims that name a tenant, and how a prefix of one must begin; `None`: none will do."""


def is_restricted(condition: str, claims: Claims, mapping: Mapping[str, object]) -> bool:
    """Whether a condition in CEL admits named tenants alone.

    It does when in each of its alternatives (`||`) one of the terms (`&&`) compares a claim with a
    constant: `==`, `in`, or `startsWith` and `matches` with all of the tenant's name. Of what is
    longer than Google takes, or has brackets too deep to follow, that is not known: it is not.

    Args:
        condition: An attribute condition.
        claims: Those that name a tenant.
        mapping: The provider's attribute mapping: names that the condition may use instead.
    """
    if len(condition) > _LONGEST:
        return False
    if any(depth > _DEEPEST for _, _, depth in _marks(condition)):
        return False
    if "?" in re.sub(_TEXT, "", condition):
        return False  # what a choice comes to is not worked out here
    return _is_restricted(condition, claims, mapping)


def _is_restricted(condition: str, claims: Claims, mapping: Mapping[str, object]) -> bool:
    term = condition.strip()
    if _is_bracketed(term):
        return _is_restricted(term[1:-1], claims, mapping)
    alternatives = _split(term, "||")
    if len(alternatives) > 1:
        return all(_is_restricted(part, claims, mapping) for part in alternatives)
    terms = _split(term, "&&")
    if len(terms) > 1:
        return any(_is_restricted(part, claims, mapping) for part in terms)
    return _names_a_tenant(term, claims, mapping)


_LONGEST = 4096
"""Characters (IAM API, `projects.locations.workloadIdentityPools.providers`, 2026-11)."""

_DEEPEST = 50
"""Brackets in each other; nobody writes as many by hand."""

_TEXT = r"""(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
_NAME = r"([a-z][\w.]*(?:\['[^'\\]+'\]|\[\"[^\"\\]+\"\])?)"
_EQUALS = re.compile(rf"{_NAME}\s*==\s*({_TEXT})")
_EQUALLED = re.compile(rf"({_TEXT})\s*==\s*{_NAME}")
_IN = re.compile(rf"{_NAME}\s+in\s+\[\s*({_TEXT}(?:\s*,\s*{_TEXT})*)\s*\]")
_CLAIM = re.compile(r"""assertion(?:\.(\w+)|\[['"]([^'"\\]+)['"]\])""")
_MARK = re.compile(rf"{_TEXT}|[()\[\]{{}}]|&&|\|\|")
_PREFIX = re.compile(rf"{_NAME}\.(startsWith|matches)\(\s*r?({_TEXT})\s*\)")


def _names_a_tenant(term: str, claims: Claims, mapping: Mapping[str, object]) -> bool:
    if found := _PREFIX.fullmatch(term):
        name, method, text = found[1], found[2], found[3][1:-1]
        start = claims.get(_claim(name, mapping))
        if start is None or "|" in text:
            return False
        return bool(re.match(rf"\^{start}" if method == "matches" else start, text))
    if found := _EQUALS.fullmatch(term) or _IN.fullmatch(term):
        name, values = found[1], found[2]
    elif found := _EQUALLED.fullmatch(term):
        values, name = found[1], found[2]
    else:
        return False
    # A star is taken as it is written: whoever writes one believes that it stands for anything.
    return _claim(name, mapping) in claims and all(
        len(text) > len("''") and "*" not in text for text in re.findall(_TEXT, values)
    )


def _claim(name: str, mapping: Mapping[str, object]) -> str:
    """The claim that a name stands for, itself or by the mapping; "" for what is none."""
    mapped = mapping.get(name, name)
    found = _CLAIM.fullmatch(str(mapped).strip())
    return found[1] or found[2] if found else ""


def _marks(text: str) -> Iterator[tuple[str, int, int]]:
    """The brackets, operators and texts; where each begins, and the brackets open behind it."""
    depth = 0
    for found in _MARK.finditer(text):
        mark = found[0]
        depth += (mark in "([{") - (mark in ")]}")
        yield mark, found.start(), depth


def _split(text: str, operator: str) -> list[str]:
    """The parts between an operator that stands in no bracket and no text."""
    parts, start = [], 0
    for mark, position, depth in _marks(text):
        if depth == 0 and mark == operator:
            parts.append(text[start:position])
            start = position + len(operator)
    return [*parts, text[start:]]


def _is_bracketed(term: str) -> bool:
    """Whether the first bracket closes at the end."""
    if not term.startswith("("):
        return False
    closed = (position for _, position, depth in _marks(term) if depth == 0)
    return next(closed, None) == len(term) - 1
