"""Prices on a terminal, or as plain text in a pipe: their age, a type's, and what an import did."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from decimal import ROUND_HALF_UP, Decimal

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from apex_guardrails.cost import Price
from apex_guardrails.cost.ages import DatedPrice
from apex_guardrails.cost.catalog import Imported, PriceChange

_MOST_NAMES = 8
_MOST_SKIPPED = 20


def show_ages(
    prices: Sequence[DatedPrice],
    old: Sequence[DatedPrice],
    doubtful: Sequence[DatedPrice],
    most: int | None,
    console: Console,
) -> None:
    """How old prices are.

    Args:
        prices: all of them, the oldest first.
        old: those that are too old.
        doubtful: those of low confidence.
        most: days that a price may be old, if somebody says so.
        console: where it is shown.
    """
    if old:
        _line(console, f"older than {most} days: {len(old)} prices")
        table = _table("price", "region", "date", "days", "source")
        for item in old:
            table.add_row(
                *(item.key, item.region, item.price.date.isoformat(), str(item.days)),
                escape(item.price.source),
            )
        console.print(table)
    if doubtful:
        _line(console, f"note: of low confidence: {len(doubtful)} prices")
        table = _table("price", "region", "date", "source")
        for item in doubtful:
            table.add_row(
                *(item.key, item.region, item.price.date.isoformat(), escape(item.price.source))
            )
        console.print(table)
    if prices:
        oldest = prices[0]
        day = oldest.price.date.isoformat()
        _line(console, f"{len(prices)} prices, the oldest of {day} ({oldest.days} days)")
    if old:
        _line(console, "`apex prices import` reads newer ones from Google's catalogue")
    elif most is None:
        _line(console, "no age limit is set: use cost.prices.max_age, or --older-than DAYS")
    else:
        _line(console, f"no price is older than {most} days")


def show_type(token: str, prices: Iterable[tuple[str, str, Price]], console: Console) -> None:
    """What a type is billed by: region, key and price of each."""
    _line(console, f"{token}: US dollars")
    table = _table("price", "region", "USD", "unit", "date", "confidence", "source")
    for region, key, price in prices:
        table.add_row(
            *(key, region, _plain(price.usd), escape(price.unit), price.date.isoformat()),
            *(price.confidence, escape(price.source)),
        )
        if price.range:
            low, high = _plain(price.range.low), _plain(price.range.high)
            table.add_row("", "", "", f"the least {low}, the most {high}")
        if price.free:
            table.add_row("", "", "0", f"the first {_plain(price.free)}, by {price.free_for}")
        for tier in price.tiers:
            table.add_row("", "", _plain(tier.usd), f"above {_plain(tier.above)}")
    console.print(table)


def show_import(found: Imported, targets: Callable[[str], str], console: Console) -> None:
    """What an import sets: old, new and by how much; what it did not find, and what it left."""
    changed = [change for change in found.changes if change.differs]
    _line(
        console,
        f"{len(found.changes)} prices found: {len(changed)} differ, "
        f"{len(found.changes) - len(changed)} are as they were",
    )
    if changed:
        table = _table("price", "region", "old", "new", "change", "SKU")
        for change in changed:
            table.add_row(
                *(change.key, change.region, _old(change), _plain(change.new.usd)),
                *(_change(change), change.new.sku or ""),
            )
        console.print(table)
    for region in sorted({region for region, _ in found.missing}):
        keys = [key for place, key in found.missing if place == region]
        more = f" and {len(keys) - _MOST_NAMES} more" if len(keys) > _MOST_NAMES else ""
        _line(console, f"not in the export: {region}: {', '.join(keys[:_MOST_NAMES])}{more}")
    for problem in found.problems:
        _line(console, f"left as it was: {problem}")
    for region in found.files:
        _line(console, targets(region))


def show_skipped(skipped: Sequence[str], console: Console) -> None:
    """What of an export was left out, and why."""
    for said in skipped[:_MOST_SKIPPED]:
        _line(console, f"skipped: {said}")
    if len(skipped) > _MOST_SKIPPED:
        _line(console, f"skipped: {len(skipped) - _MOST_SKIPPED:,} more like these")


def _old(change: PriceChange) -> str:
    return _plain(change.old.usd) if change.old else "-"


def _change(change: PriceChange) -> str:
    if change.old is None:
        return "new"
    if change.old.usd == change.new.usd:
        return "free quantity or tiers"
    percent = change.percent
    return "was free" if percent is None else f"{_rounded(percent):+f} %"


def _rounded(percent: Decimal) -> Decimal:
    return percent.quantize(Decimal("0.1"), ROUND_HALF_UP)


def _plain(amount: Decimal) -> str:
    return format(amount, "f")


def _line(console: Console, text: str) -> None:
    console.print(text, markup=False, soft_wrap=True)


def _table(*names: str) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim")
    for name in names:
        table.add_column(name, overflow="fold")
    return table
