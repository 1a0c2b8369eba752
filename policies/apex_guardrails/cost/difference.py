"""What a change does to the cost, by resource."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from apex_guardrails.cost.amounts import ZERO, Amounts
from apex_guardrails.cost.document import CostDocument, Figures, PricedEntry
from apex_guardrails.cost.reasons import find_reasons
from apex_guardrails.model import name_of


class DifferenceKind(enum.StrEnum):
    """What became of a resource."""

    NEW = "new"
    GONE = "gone"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Difference:
    """What one resource, or one fixed line, costs before and after; US dollars a month.

    Attributes:
        unpriced: whether something of it has no price now.
        reasons: why it costs another amount than before, a phrase for each.
    """

    change: DifferenceKind
    name: str
    type: str
    component: str
    before: Amounts
    after: Amounts
    unpriced: bool = False
    reasons: tuple[str, ...] = ()

    def entry(self) -> dict[str, Any]:
        """It as a part of a document."""
        return {
            "change": self.change.value,
            "name": self.name,
            "type": self.type,
            "component": self.component,
            "before": Figures.of(self.before).model_dump(mode="json"),
            "after": Figures.of(self.after).model_dump(mode="json"),
            "unpriced": self.unpriced,
            "reasons": list(self.reasons),
        }

    @property
    def monthly(self) -> Amounts:
        """What is added; negative where something is saved."""
        return self.after - self.before


def find_differences(base: CostDocument, now: CostDocument) -> list[Difference]:
    """What differs, by name. Two stacks of the same program can be compared as well."""
    old, new = _by_place(base), _by_place(now)
    found = []
    for place in sorted(old.keys() | new.keys()):
        before, after = old.get(place), new.get(place)
        entry = after or before
        if entry is None or (before and after and _same(before, after)):
            continue
        found.append(
            Difference(
                _change(in_base=before is not None, is_now=after is not None),
                name_of(entry.urn),
                entry.type,
                entry.component,
                before.monthly.amounts if before else ZERO,
                after.monthly.amounts if after else ZERO,
                bool(after and after.unpriced),
                find_reasons(before, after) if before and after else (),
            )
        )
    return found + _fixed(base, now)


def _fixed(base: CostDocument, now: CostDocument) -> list[Difference]:
    old = {line.name: line.monthly.amounts for line in base.fixed}
    new = {line.name: line.monthly.amounts for line in now.fixed}
    return [
        Difference(
            DifferenceKind.CHANGED
            if name in old and name in new
            else DifferenceKind.NEW
            if name in new
            else DifferenceKind.GONE,
            name,
            "fixed line",
            "",
            old.get(name, ZERO),
            new.get(name, ZERO),
        )
        for name in sorted(old.keys() | new.keys())
        if old.get(name) != new.get(name)
    ]


def _change(*, in_base: bool, is_now: bool) -> DifferenceKind:
    if in_base and is_now:
        return DifferenceKind.CHANGED
    return DifferenceKind.NEW if is_now else DifferenceKind.GONE


def _same(before: PricedEntry, after: PricedEntry) -> bool:
    return before.monthly == after.monthly and before.unpriced == after.unpriced


def _by_place(document: CostDocument) -> Mapping[str, PricedEntry]:
    """The resources by their URN without the stack in it."""
    return {
        "::".join(entry.urn.split("::")[2:]).replace(
            f"{document.project}-{document.stack}", document.project
        ): entry
        for entry in document.resources
    }
