"""The cost: a bar for each component, from the low to the high figure."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from apex_guardrails.cost.amounts import Amounts
from apex_guardrails.judgement.document import Document
from apex_guardrails.model.cost import dollars
from apex_guardrails.reports.pictures.drawing import (
    ACCENT,
    CRITICAL,
    LINE,
    MUTED,
    WIDTH,
    Drawing,
    tooltip,
)

MOST: Final = 20
"""Bars; what costs less is one together."""

_NAMES: Final = 250
_FIGURES: Final = 210
_ROW: Final = 30
_BAR: Final = 12
_NOTHING: Final = Amounts.of(0)


@dataclass(frozen=True)
class _Bar:
    name: str
    monthly: Amounts
    is_total: bool = False


def cost_chart(document: Document) -> str:
    """What costs how much a month; "" where nothing has a price."""
    if document.cost is None:
        return ""
    bars = _bars(document)
    if not bars:
        return ""
    total = _Bar("Everything", document.cost.monthly.amounts, is_total=True)
    budget = document.budget
    # They are cases and not bounds: the expected one may be the highest.
    end = max(_ends(total.monthly)[1], *(_ends(bar.monthly)[1] for bar in bars), budget or 0)
    scale = (WIDTH - _NAMES - _FIGURES) / float(end or 1)
    drawing = Drawing("Cost by component", _description(total, budget))
    _heads(drawing)
    top = drawing.height
    for bar in (total, *bars):
        _draw(drawing, bar, scale)
    if budget is not None:
        x = _NAMES + float(budget) * scale
        drawing.path(
            f"M{x:.1f} {top:.1f}V{drawing.height:.1f}",
            stroke=CRITICAL if total.monthly.expected > budget else MUTED,
            stroke_width="1.5",
            stroke_dasharray="4 3",
        )
        # To the left of its line where it would run out of the picture.
        anchor = "end" if x > WIDTH / 2 else "start"
        words = f"budget {dollars(budget)}"
        drawing.text(x + (-6 if anchor == "end" else 6), top - 6, words, size=11.5, anchor=anchor)
    drawing.height += 4
    return drawing.svg()


def _bars(document: Document) -> list[_Bar]:
    """The components with a cost, the dearest first."""
    cost = document.cost
    if cost is None:
        return []
    sums: defaultdict[str, Amounts] = defaultdict(lambda: _NOTHING)
    for item in cost.resources:
        sums[item.component or "(no component)"] += item.monthly.amounts
    for line in cost.fixed:
        sums[f"{line.name} (paid elsewhere)"] += line.monthly.amounts
    bars = [_Bar(name, amounts) for name, amounts in sums.items() if not amounts.is_zero]
    bars.sort(key=lambda bar: (-bar.monthly.expected, -bar.monthly.high, bar.name))
    if len(bars) > MOST:
        rest = sum((bar.monthly for bar in bars[MOST - 1 :]), _NOTHING)
        bars[MOST - 1 :] = [_Bar(f"{len(bars) - MOST + 1:,} more components", rest)]
    return bars


def _heads(drawing: Drawing) -> None:
    drawing.height = 44
    drawing.text(
        WIDTH, 14, "USD a month: expected (low to high)", size=11.5, fill=MUTED, anchor="end"
    )


def _draw(drawing: Drawing, bar: _Bar, scale: float) -> None:
    y = drawing.height + _ROW / 2
    low, high = (float(value) * scale for value in _ends(bar.monthly))
    weight = "600" if bar.is_total else ""
    drawing.text(0, y + 4, bar.name, size=12.5, room=_NAMES - 16, weight=weight)
    box = drawing.rect(
        _NAMES, y - _BAR / 2, float(bar.monthly.expected) * scale, _BAR, fill=ACCENT, radius=2
    )
    tooltip(box, f"{bar.name}: {_figures(bar.monthly)} USD a month")
    # From the lowest to the highest figure, as statistics draw what is not sure.
    if high - low >= 1:
        x0, x1 = _NAMES + low, _NAMES + high
        drawing.path(
            f"M{x0:.1f} {y - 4:.1f}v8m0 -4H{x1:.1f}m0 -4v8",
            stroke="currentColor",
            stroke_width="1.2",
        )
    drawing.text(WIDTH, y + 4, _figures(bar.monthly), size=12, anchor="end", weight=weight)
    drawing.height += _ROW
    if bar.is_total:
        drawing.path(f"M0 {drawing.height:.1f}H{WIDTH}", stroke=LINE)


def _ends(amounts: Amounts) -> tuple[Decimal, Decimal]:
    figures = (amounts.low, amounts.expected, amounts.high)
    return min(figures), max(figures)


def _figures(amounts: Amounts) -> str:
    figure = dollars(amounts.expected)
    if amounts.low == amounts.high:
        return figure
    return f"{figure} ({dollars(amounts.low)} to {dollars(amounts.high)})"


def _description(total: _Bar, budget: Decimal | None) -> str:
    words = f"{_figures(total.monthly)} USD a month are expected"
    return f"{words}; the budget is {dollars(budget)}." if budget is not None else f"{words}."
