"""Phrases that many messages have."""

from __future__ import annotations

from collections.abc import Sequence


def counted(number: int, noun: str) -> str:
    """How many of something: `1 rule`, `1,234 rules`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def listed(items: Sequence[str], most: int, *, noun: str = "", separator: str = ", ") -> str:
    """The first few items, and how many more there are: `a, b and 3 more`.

    Args:
        items: what is listed.
        most: how many are named at the most.
        noun: what the others are called, such as `types`.
        separator: what stands between the items; but for a comma, before the `and`, too.
    """
    named, more = separator.join(items[:most]), len(items) - most
    if more <= 0:
        return named
    before = " " if separator == ", " else separator
    return f"{named}{before}and {more:,} more{f' {noun}' if noun else ''}"
