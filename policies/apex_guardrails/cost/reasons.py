"""Why a resource costs another amount than before: from one estimate of it to the other."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping
from decimal import Decimal
from itertools import groupby
from typing import Final

from apex_guardrails.cost.document import ComponentEntry, Figures, PricedEntry, format_plain

_MOST: Final = 6
"""Reasons that are told of one resource."""

_PLACES: Final = frozenset({"region", "zone", "location", "zones of nodes"})

_OF_A_MACHINE: Final = ("vCPU", "memory", "extended memory", "local SSD", "external address")
"""Besides what is named by a machine type, such as `f1-micro`."""
_OF_A_DISK: Final = ("disk", "boot disk", "storage", "snapshots")
_EXPLAINED: Final[Mapping[str, tuple[str, ...]]] = {
    "region": (),
    "zone": (),
    **dict.fromkeys(("machine type", "provisioning model", "preemptible", "spot"), _OF_A_MACHINE),
    **dict.fromkeys(
        ("disk size", "disk type", "boot disk size", "boot disk type", "size"), _OF_A_DISK
    ),
    "provisioned IOPS": ("disk",),
    "local SSDs": ("local SSD",),
}
"""By input: how the names of that begin whose kind and quantity it decides; others decide all."""

_DIGITS: Final = 4
"""Of a quantity that is shown, at least."""


def find_reasons(before: PricedEntry, after: PricedEntry) -> tuple[str, ...]:
    """What made a resource's cost another one, a phrase for each.

    Inputs come first. What they do not explain, as another assumption, or all of an estimate that
    an older version of the tool wrote, is what is billed: other quantities, prices and places.
    """
    changed = dict(_inputs(before.sizing, after.sizing))
    found = list(changed.values())
    old, new = _by_name(before), _by_name(after)
    both = [(name, old[name], new[name]) for name in old if name in new]
    open_names = {name for name in (*old, *new) if not _is_explained(name, changed)}
    found += _kinds([pair for pair in both if pair[0] in open_names])
    if not _PLACES & set(changed):
        found += _places(both)
    if changed and before.unpriced != after.unpriced:
        # What has lost its price, or found it, is said below.
        open_names &= set(old) & set(new)
    found += [f"{name} is new" for name in new if name not in old and name in open_names]
    found += [f"{name} is gone" for name in old if name not in new and name in open_names]
    found += _amounts(both, open_names)
    found += _prices(both)
    found += [f"no price any more: {why}" for why in after.unpriced if why not in before.unpriced]
    if before.unpriced and not after.unpriced:
        found.append("all of it has a price now")
    rest = len(found) - _MOST
    return (*found[:_MOST], *([f"{rest} more"] if rest > 0 else []))


def _inputs(before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """By input that changed: how."""
    if not before:  # Nobody wrote them down.
        return
    for word in dict.fromkeys((*after, *before)):
        old, new = before.get(word), after.get(word)
        if old is None:
            yield word, f"{word} set to {new}"
        elif new is None:
            yield word, f"{word} no longer set, was {old}"
        elif old != new:
            yield word, f"{word} from {old} to {new}"


def _is_explained(name: str, changed: Iterable[str]) -> bool:
    """Whether an input that changed decides what is billed by a name."""
    return any(
        word not in _EXPLAINED
        or name.startswith(_EXPLAINED[word])
        or (_EXPLAINED[word] == _OF_A_MACHINE and "-" in name)
        for word in changed
    )


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


def _kinds(both: _Pairs) -> Iterator[str]:
    """Another kind of what is billed; said once for all that have it."""
    kinds = [(_split(old.name)[1], _split(new.name)[1]) for _, old, new in both]
    for before, after in dict.fromkeys(kinds):
        if before != after and before and after:
            yield f"from {before} to {after}"


def _places(both: _Pairs) -> Iterator[str]:
    """Another place, likewise."""
    places = [(old.region, new.region) for _, old, new in both]
    for before, after in dict.fromkeys(places):
        if before != after:
            yield f"region from {before} to {after}"


def _amounts(both: _Pairs, open_names: Container[str]) -> Iterator[str]:
    for name, old, new in both:
        if old.quantity != new.quantity:
            if name in open_names:
                yield f"{name} {_from_to(old.quantity, new.quantity, new.unit)}"
        elif old.free != new.free:
            yield f"free tier of {name} {_from_to(old.free, new.free, new.unit)}"


def _prices(both: _Pairs) -> Iterator[str]:
    """Another price of the same thing in the same place."""
    changed = [
        (new.price, f"the price of {name} from {old.usd} to {new.usd} USD for each {new.unit}")
        for name, old, new in both
        if (old.price, old.region) == (new.price, new.region) and old.usd != new.usd
    ]
    for _, same in groupby(changed, key=lambda item: item[0]):
        yield next(same)[1]


def _from_to(old: Figures, new: Figures, unit: str) -> str:
    """The first case that changed: the expected one, or one that is named."""
    figures = {
        "": (old.expected, new.expected),
        " in the high case": (old.high, new.high),
        " in the low case": (old.low, new.low),
    }
    for which, (before, after) in figures.items():
        if before != after:
            shown = [format_plain(_rounded(amount)) for amount in (before, after)]
            if shown[0] == shown[1]:
                shown = [format_plain(before), format_plain(after)]
            return f"from {shown[0]} to {shown[1]} {unit}{which}"
    raise AssertionError  # pragma: no cover they differ


def _rounded(amount: Decimal) -> Decimal:
    """To cents, and to as many digits as tell what it is."""
    return round(amount, max(2, _DIGITS - 1 - amount.adjusted())) if amount else amount
