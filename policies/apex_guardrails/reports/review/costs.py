"""What the stack costs, as tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from apex_guardrails.cost.document import CostDocument, Figures, PricedEntry


@dataclass(frozen=True)
class Cost:
    """The estimate as tables, in US dollars a month.

    Attributes:
        most: the largest expected figure, or the budget where that is more: the end of the bars.
        components: what each component costs, the most expensive first; "" is none.
        resources: what has a price that is not zero, the most expensive first.
        unpriced: what is in no total.
        assumptions: of what ("" for all resources), what, and the figures or the value.
    """

    document: CostDocument
    most: Decimal
    components: Sequence[tuple[str, Sequence[Decimal]]]
    resources: Sequence[PricedEntry]
    unpriced: Sequence[PricedEntry]
    assumptions: Sequence[tuple[str, str, Sequence[str]]]

    @classmethod
    def of(cls, document: CostDocument, budget: Decimal | None) -> Cost:
        """The tables of an estimate, and of the budget that it is held against."""
        components: dict[str, list[Decimal]] = {}
        for item in document.resources:
            sums = components.setdefault(item.component, [Decimal(0)] * 3)
            components[item.component] = [
                a + b for a, b in zip(sums, cases(item.monthly), strict=True)
            ]
        return cls(
            document,
            max(document.monthly.expected, budget or Decimal(0)),
            sorted(components.items(), key=lambda entry: (-entry[1][1], entry[0])),
            sorted(
                (item for item in document.resources if any(cases(item.monthly))),
                key=lambda item: -item.monthly.expected,
            ),
            [item for item in document.resources if item.unpriced],
            list(_assumptions(document.assumptions)),
        )


def cases(figures: Figures) -> tuple[Decimal, Decimal, Decimal]:
    """Low, expected, high."""
    return figures.low, figures.expected, figures.high


def _assumptions(
    assumed: Mapping[str, Any], of: str = ""
) -> Iterator[tuple[str, str, Sequence[str]]]:
    for name, value in assumed.items():
        if not isinstance(value, Mapping):
            yield of, name, [str(value)]
        elif value.keys() == {"low", "expected", "high"}:
            figures = [str(value[case]) for case in ("low", "expected", "high")]
            yield of, name, figures[:1] if len(set(figures)) == 1 else figures
        else:
            yield from _assumptions(value, "" if name == "resources" else name)
