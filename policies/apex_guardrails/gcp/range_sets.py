"""What some ranges have in common, and what they leave."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from ipaddress import IPv4Address, IPv6Address, summarize_address_range

from apex_guardrails.gcp.public_space import IPV4, Interval, parse_interval, unite
from apex_guardrails.model.value import Value

_EVERYTHING = unite(("0.0.0.0/0", "2000::/3"))
"""Of IPv6 what is public, as nobody else comes from the internet."""


def are_ranges(texts: Iterable[Value]) -> bool:
    """Whether all of some values can be read as ranges."""
    return all(parse_interval(text) is not None for text in texts)


def intersect(some: Iterable[Value], others: Iterable[Value]) -> list[str]:
    """The addresses that are in two lists of ranges, as ranges."""
    here, there = unite(some), unite(others)
    return [
        text
        for bits, pieces in here.items()
        for start, end in pieces
        for first, last in there[bits]
        for text in _texts(bits, (max(start, first), min(end, last)))
    ]


def invert(texts: Iterable[Value]) -> list[str]:
    """The addresses that are in none of some ranges, as ranges."""
    without = unite(texts)
    return [
        text
        for bits, whole in _EVERYTHING.items()
        for start, end in whole
        for gap in _gaps(start, end, without[bits])
        for text in _texts(bits, gap)
    ]


def _gaps(start: int, end: int, without: Iterable[Interval]) -> Iterator[Interval]:
    for first, last in without:
        yield start, min(first, end)
        start = max(start, last)
    yield start, end


def _texts(bits: int, piece: Interval) -> Iterator[str]:
    start, end = piece
    if start >= end:
        return
    if bits == IPV4.bits:
        yield from map(str, summarize_address_range(IPv4Address(start), IPv4Address(end - 1)))
    else:
        yield from map(str, summarize_address_range(IPv6Address(start), IPv6Address(end - 1)))
