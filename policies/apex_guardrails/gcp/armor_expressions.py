"""Whom an expression of Cloud Armor matches, as far as it speaks of addresses.

Cloud Armor documentation, "Custom rules language attributes" (2026-11): `inIpRange(origin.ip,
'R')`, `evaluateAddressGroup('NAME', origin.ip)` with a list of ranges that are left out or without,
`evaluateOrganizationAddressGroup(...)`, joined by `||`, `&&`, `!` and parentheses. What other
conditions say is in `armor_conditions`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import reduce
from typing import Final

from apex_guardrails.gcp.address_groups import Range, find_by_name, items_of
from apex_guardrails.gcp.admitted import Admitted, of_ranges
from apex_guardrails.gcp.armor_conditions import (
    Told,
    parse_comparison,
    parse_condition,
    parse_literal,
)
from apex_guardrails.gcp.public_space import EVERYBODY, WideRanges
from apex_guardrails.gcp.range_sets import are_ranges, intersect, invert
from apex_guardrails.model.stack import Stack
from apex_guardrails.model.value import UNKNOWN, Value

_TOKEN: Final = re.compile(
    r"\|\||&&|!(?!=)|[()]|'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"|[^|&!()'\"]+|.", re.DOTALL
)
_ADDRESS: Final = r"origin\.(?:user_)?ip"
_IN_RANGE: Final = re.compile(rf"inIpRange\(\s*{_ADDRESS}\s*,\s*(['\"])(.*)\1\s*\)", re.DOTALL)
_IN_GROUP: Final = re.compile(
    rf"evaluate(Organization)?AddressGroup\(\s*(['\"])([^'\"]*)\2\s*,\s*{_ADDRESS}\s*"
    rf"(?:,\s*\[([^\[\]]*)\]\s*)?\)",
    re.DOTALL,
)
_QUOTED: Final = re.compile(r"(['\"])(.*?)\1", re.DOTALL)
_MOST_NESTED: Final = 100


@dataclass(frozen=True, slots=True)
class _Match:
    """Whom a part of an expression matches.

    Attributes:
        ranges: addresses that it matches, whatever else they send.
        is_limit: whether it matches requests of some few besides.
        is_part: whether it matches some requests besides, whoever sends them.
        is_untold: whether it matches others besides, of whom nobody can tell how many.
    """

    ranges: tuple[Range, ...] = ()
    is_limit: bool = False
    is_part: bool = False
    is_untold: bool = False

    @property
    def texts(self) -> list[Value]:
        """The ranges without their paths."""
        return [text for _, text in self.ranges]

    @property
    def is_exact(self) -> bool:
        """Whether it is these addresses and no others."""
        return not (self.is_limit or self.is_part or self.is_untold) and are_ranges(self.texts)


_ALL: Final = _Match((("", "0.0.0.0/0"), ("", "::/0")))
_LIMIT: Final = _Match(is_limit=True)
_PART: Final = _Match(is_part=True)
_UNTOLD: Final = _Match(is_untold=True)
_MATCHES: Final = {
    Told.ALL: _ALL,
    Told.NONE: _Match(),
    Told.SENDERS: _LIMIT,
    Told.PART: _PART,
    Told.UNTOLD: _UNTOLD,
}


def admitted_by_expression(stack: Stack, expression: str, limits: WideRanges, at: str) -> Admitted:
    """How much of the internet an expression matches.

    Args:
        stack: where the address groups are.
        expression: its text.
        limits: how much is too much.
        at: its path.
    """
    return _whom(_Reader(stack, limits, at).read(expression), limits, at)


def _whom(found: _Match, limits: WideRanges, at: str) -> Admitted:
    whom = of_ranges([(at, text) for _, text in found.ranges], limits, at)
    if found.is_untold:
        whom = replace(whom, unknown=at)
    return replace(whom, to_a_part=at) if found.is_part else whom


class _Reader:
    """Reads an expression from left to right."""

    def __init__(self, stack: Stack, limits: WideRanges, at: str) -> None:
        self._stack = stack
        self._limits = limits
        self._at = at
        self._tokens: list[str] = []
        self._depth = 0

    def read(self, expression: str) -> _Match:
        """Whom it matches; of one that is not whole nobody can tell."""
        self._tokens = [text for text in map(str.strip, _TOKEN.findall(expression)) if text][::-1]
        if not self._tokens:
            return _Match()
        found = self._either()
        return _UNTOLD if self._tokens else found

    def _next(self) -> str:
        return self._tokens[-1] if self._tokens else ""

    def _joined(self, operator: str, part: Callable[[], _Match]) -> list[_Match]:
        found = [part()]
        while self._next() == operator:
            self._tokens.pop()
            found.append(part())
        return found

    def _either(self) -> _Match:
        found = self._joined("||", self._both)
        return _Match(
            tuple(item for part in found for item in part.ranges),
            any(part.is_limit for part in found),
            any(part.is_part for part in found),
            any(part.is_untold for part in found),
        )

    def _both(self) -> _Match:
        found = self._joined("&&", self._one)
        if len(found) == 1:
            return found[0]
        exact = [part.texts for part in found if part.is_exact]
        if len(exact) > 1:
            together = self._of_texts(reduce(intersect, exact))
            found = [together, *(part for part in found if not part.is_exact)]
            if len(found) == 1:
                return together
        # Few of some are few. All of them among all are all.
        if any(self._is_narrow(part) for part in found):
            return _LIMIT
        if any(self._is_part(part) for part in found):
            return _PART
        others = [part for part in found if not self._is_everybody(part)]
        return others[0] if len(others) == 1 else _UNTOLD if others else _ALL

    def _one(self) -> _Match:
        self._depth += 1
        if not self._tokens or self._depth > _MOST_NESTED:
            self._tokens.clear()
            return _UNTOLD
        try:
            if self._next() == "!":
                self._tokens.pop()
                return self._other_than(self._one())
            if self._next() == "(":
                self._tokens.pop()
                found = self._either()
                return found if self._tokens and self._tokens.pop() == ")" else _UNTOLD
            return self._condition()
        finally:
            self._depth -= 1

    def _of_texts(self, texts: Iterable[Value]) -> _Match:
        return _Match(tuple((self._at, text) for text in texts))

    def _other_than(self, part: _Match) -> _Match:
        # Whatever else it matches, the others are among these.
        rest = self._of_texts(invert(part.texts))
        return rest if part.is_exact or self._is_part(rest) else _UNTOLD

    def _condition(self) -> _Match:
        text, depth = "", 0
        while self._tokens and not (depth == 0 and self._next() in {"||", "&&", ")"}):
            token = self._tokens.pop()
            depth += {"(": 1, ")": -1}.get(token, 0)
            text += token
        return self._of(text)

    def _of(self, text: str) -> _Match:
        if found := _IN_RANGE.fullmatch(text):
            return _Match(((self._at, found[2]),))
        if found := _IN_GROUP.fullmatch(text):
            groups = list(find_by_name(self._stack, found[3], of_organization=bool(found[1])))
            items = tuple(item for group in groups for item in items_of(group, self._at))
            return self._without(_Match(items if groups else ((self._at, UNKNOWN),)), found[4])
        if sides := parse_comparison(text):
            left, sign, right = sides
            if sign == "!=":
                return self._other_than(self._of(f"{left}=={right}"))
            address = parse_literal(right)
            if sign == "==" and re.fullmatch(_ADDRESS, left) and address is not None:
                return _Match(((self._at, address),))
        return _MATCHES[parse_condition(text)]

    def _without(self, part: _Match, listed: str | None) -> _Match:
        """The addresses that a list of ranges does not leave out."""
        texts = [text for _, text in _QUOTED.findall(listed or "")]
        if not texts or not part.is_exact:
            return part
        if not are_ranges(texts):
            return part if self._is_part(part) else _UNTOLD
        return self._of_texts(intersect(part.texts, invert(texts)))

    def _is_narrow(self, part: _Match) -> bool:
        return not part.is_part and self._is_part(part)

    def _is_part(self, part: _Match) -> bool:
        return _whom(part, self._limits, self._at).is_certainly_not_public

    def _is_everybody(self, part: _Match) -> bool:
        return _whom(part, self._limits, self._at).share == EVERYBODY
