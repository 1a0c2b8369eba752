"""Whom a list of address ranges admits: the ranges of a list are judged together."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from apex_guardrails.gcp.public_space import Coverage, WideRanges, measure
from apex_guardrails.gcp.types import (
    COMPUTE_ADDRESS,
    COMPUTE_FORWARDING_RULE,
    COMPUTE_GLOBAL_ADDRESS,
    COMPUTE_GLOBAL_FORWARDING_RULE,
    COMPUTE_HA_VPN_GATEWAY,
    COMPUTE_INSTANCE,
    COMPUTE_SUBNETWORK,
)
from apex_guardrails.model.value import UNKNOWN, Value, join_path, unwrap
from apex_guardrails.model.view import UndecidedError, View

_LENGTH: Final = re.compile(r"/([0-9]{1,3})\Z")


@dataclass(frozen=True, slots=True)
class Admitted:
    """How much of the internet is admitted.

    Attributes:
        share: in words, "the whole internet" or a share of its addresses; "" where it is not
            public, as far as that is known.
        at: what admits it: the path of a list, or of the one range that is too much by itself.
        unknown: the path of what is not known, or is no range that can be read; "" for none.
        to_a_part: the path of a condition by which anybody is admitted to a part of what there is,
            such as one page of a site; "" for none.
    """

    share: str = ""
    at: str = ""
    unknown: str = ""
    to_a_part: str = ""

    @property
    def is_certainly_not_public(self) -> bool:
        """Whether nothing that is not known yet could make it public."""
        return not self.share and not self.unknown

    def require(self) -> None:
        """Goes on where the answer is known.

        Raises:
            UndecidedError: it is not.
        """
        if not self.share and self.unknown:
            raise UndecidedError(self.unknown)


def admitted(view: View, path: str, limits: WideRanges, *, member: str = "") -> Admitted:
    """How much of the internet the list at a path admits; nothing where it is omitted.

    Args:
        view: what has the list.
        path: where.
        limits: how much is too much.
        member: where a range stands in an element; "" where the elements are ranges themselves.
    """
    return of_ranges(ranges_at(view, path, member), limits, view.at(path).path)


@dataclass(frozen=True, slots=True)
class SomeRange:
    """A range of which only the length of the prefix is known: `${nat.address}/32`."""

    length: int

    @property
    def most(self) -> Coverage:
        """What it holds at most, as its addresses may be of either version."""
        ipv4, ipv6 = (1 << max(0, bits - self.length) for bits in (32, 128))
        return Coverage(ipv4, ipv6)


def ranges_at(view: View, path: str, member: str = "") -> Iterator[tuple[str, Value]]:
    """The ranges of a list, known and not, each with its path."""
    value = view.peek(path)
    here = view.at(path).path
    if value is UNKNOWN or isinstance(value, str) or not isinstance(value, Sequence):
        yield here, value
    elif member:
        for element in view.elements(path):
            yield element.at(member).path, _or_its_length(element, member, element.peek(member))
    else:
        for index, element in enumerate(value):
            text = unwrap(element)
            yield join_path(here, index), _or_its_length(view, join_path(path, index), text)


def _or_its_length(view: View, path: str, text: Value) -> Value:
    parts = view.known_parts(path) if text is UNKNOWN else None
    found = _LENGTH.search(parts[-1] or "") if parts else None
    return SomeRange(int(found[1])) if found else text


_OF_THE_OWNER: Final = frozenset(
    {
        COMPUTE_ADDRESS,
        COMPUTE_GLOBAL_ADDRESS,
        COMPUTE_INSTANCE,
        COMPUTE_FORWARDING_RULE,
        COMPUTE_GLOBAL_FORWARDING_RULE,
        COMPUTE_HA_VPN_GATEWAY,
        COMPUTE_SUBNETWORK,
    }
)
"""The types whose outputs, where they are a range at all, are an address or a subnet's range."""


def sources_at(view: View, path: str) -> Iterator[tuple[str, Value]]:
    """The ranges of a list that may hold the internet, known and not, each with its path.

    An output of the owner's own addresses is none, though nothing of it is known: `nat.address`.

    Raises:
        DependenciesUnknownError: what an output is of, the source does not know yet.
    """
    for here, text in ranges_at(view, path):
        is_output = text is UNKNOWN and here != view.at(path).path
        if not (is_output and _is_of_the_owner(view, here)):
            yield here, text


def _is_of_the_owner(view: View, path: str) -> bool:
    sources = set(view.resource.source_types(path))
    # Of what is put together the parts that are known may say more.
    return bool(sources) and sources <= _OF_THE_OWNER and not view.resource.known_parts(path)


def of_ranges(ranges: Iterable[tuple[str, Value]], limits: WideRanges, at: str) -> Admitted:
    """How much of the internet some ranges admit together; one that is omitted admits nobody.

    Args:
        ranges: each with its path.
        limits: how much is too much.
        at: the path of all of them.
    """
    known: list[Value] = []
    paths: list[str] = []
    parts: list[tuple[str, SomeRange]] = []
    unknown = ""
    for path, text in ranges:
        if text is UNKNOWN:
            unknown = unknown or path
        elif isinstance(text, SomeRange):
            parts.append((path, text))
        elif text is not None:
            known.append(text)
            paths.append(path)
    found = measure(known)
    if found.unreadable:
        unknown = unknown or paths[found.unreadable[0]]
    if not found.is_wide(limits):
        if sum((part.most for _, part in parts), found).is_wide(limits):
            unknown = unknown or parts[0][0]
        return Admitted(unknown=unknown)
    alone = [path for path, text in zip(paths, known, strict=True) if measure([text]).is_all(found)]
    return Admitted(found.shown(), alone[0] if alone else at, unknown)
