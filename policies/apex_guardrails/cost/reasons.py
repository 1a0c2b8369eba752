"""Why a resource costs another amount than before: from one estimate of it to the other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Final

from apex_guardrails.cost.document import ComponentEntry, Figures, PricedEntry, format_plain

_MOST: Final = 6
"""Reasons that are told of one resource."""


def find_reasons(before: PricedEntry, after: PricedEntry) -> tuple[str, ...]:
    """What made a resource's cost another one, a phrase for each.

    Inputs come first. What they do not explain, as of an estimate that an older version of the
    tool wrote, is what is billed: other quantities, prices and places.
    """
    found = list(_inputs(before.sizing, after.sizing))
    old, new = _by_name(before), _by_name(after)
    both = [(name, old[name], new[name]) for name in old if name in new]
    if not found:
        found += _labels(both)
        found += [f"{name} is new" for name in new if name not in old]
        found += [f"{name} is gone" for name in old if name not in new]
        found += _amounts(both)
    found += _prices(both)
    found += [f"no price any more: {why}" for why in after.unpriced if why not in before.unpriced]
    if before.unpriced and not after.unpriced:
        found.append("all of it has a price now")
    rest = len(found) - _MOST
    return (*found[:_MOST], *([f"{rest} more"] if rest > 0 else []))


def _inputs(before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[str]:
    if not before:  # Nobody wrote them down.
        return
    for word in dict.fromkeys((*after, *before)):
        old, new = before.get(word), after.get(word)
        if old is None:
            yield f"{word} set to {new}"
        elif new is None:
            yield f"{word} no longer set, was {old}"
        elif old != new:
            yield f"{word} from {old} to {new}"


def _by_name(entry: PricedEntry) -> dict[str, ComponentEntry]:
    """What is billed, by name without what stands in parentheses; of several the first."""
    found: dict[str, ComponentEntry] = {}
    for item in entry.components:
        found.setdefault(_split(item.name)[0], item)
    return found


def _split(name: str) -> tuple[str, str]:
    """`vCPU` and `e2-small, spot` for `vCPU (e2-small, spot)`."""
    what, _, label = name.partition(" (")
    return what, label.removesuffix(")")


_Pairs = list[tuple[str, ComponentEntry, ComponentEntry]]


def _labels(both: _Pairs) -> Iterator[str]:
    """Another kind of what is billed, and another place; said once for all that have it."""
    kinds = [(_split(old.name)[1], _split(new.name)[1]) for _, old, new in both]
    places = [(old.region, new.region) for _, old, new in both]
    for before, after in dict.fromkeys(kinds):
        if before != after and before and after:
            yield f"from {before} to {after}"
    for before, after in dict.fromkeys(places):
        if before != after:
            yield f"region from {before} to {after}"


def _amounts(both: _Pairs) -> Iterator[str]:
    for name, old, new in both:
        if old.quantity != new.quantity:
            yield f"{name} from {_figures(old.quantity)} to {_figures(new.quantity)} {new.unit}"
        elif old.free != new.free:
            covered = f"{_figures(old.free)} to {_figures(new.free)} {new.unit}"
            yield f"free tier of {name} from {covered}"


def _prices(both: _Pairs) -> Iterator[str]:
    """Another price of the same thing in the same place."""
    changed = [
        (new.price, f"the price of {name} from {old.usd} to {new.usd} USD for each {new.unit}")
        for name, old, new in both
        if (old.price, old.region) == (new.price, new.region) and old.usd != new.usd
    ]
    for _, same in groupby(changed, key=lambda item: item[0]):
        yield next(same)[1]


def _figures(figures: Figures) -> str:
    return format_plain(round(figures.expected, 2))
