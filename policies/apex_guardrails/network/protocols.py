"""Protocols and their ports: what is left of some when others are taken away; for people."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TypeAlias

from apex_guardrails.gcp.networks import ALL_PORTS

Ports: TypeAlias = tuple[str, tuple[range, ...]]
"""A protocol, "all" for every one, and its ports; none for protocols without."""


def subtract_ports(ports: Iterable[Ports], denied: Sequence[Ports]) -> Iterator[Ports]:
    """What is left of ports when others are taken away."""
    for name, ranges in ports:
        if any(other == "all" or (other == name and not taken) for other, taken in denied):
            continue
        left = list(ranges)
        for other, taken in denied:
            if other == name:
                for hole in taken:
                    left = [piece for part in left for piece in _cut(part, hole)]
        if left or not ranges:
            yield name, tuple(left)


def _cut(part: range, hole: range) -> Iterator[range]:
    if hole.stop <= part.start or hole.start >= part.stop:
        yield part
        return
    if part.start < hole.start:
        yield range(part.start, hole.start)
    if hole.stop < part.stop:
        yield range(hole.stop, part.stop)


def format_ports(ports: Iterable[Ports]) -> tuple[str, ...]:
    """Protocols and ports for people: `tcp 443`, `udp 5000-5010`, `icmp`, `all`."""
    return tuple(
        dict.fromkeys(
            text
            for name, ranges in ports
            for text in (
                [f"{name} {_range(part)}" for part in ranges if part != ALL_PORTS]
                if ranges and ALL_PORTS not in ranges
                else [name or "all"]
            )
        )
    )


def _range(part: range) -> str:
    last = part.stop - 1
    return str(part.start) if last == part.start else f"{part.start}-{last}"
