"""From SKUs to a price file: what is found, what differs, what is missing. No clock, no file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Final

from pydantic import ValidationError

from apex_guardrails.cost.catalog.export import PricingInfo, Sku, TieredRate
from apex_guardrails.cost.catalog.mapping import SkuEntry, read_mapping
from apex_guardrails.cost.catalog.offers import Offers
from apex_guardrails.cost.catalog.units import UnitError, to_decimal, unit_ratio
from apex_guardrails.cost.prices import Price, PriceFile, Prices
from apex_guardrails.support.mistakes import mismatch

_ANY_REGION: Final = "region"
"""The place of an entry that each region has; the files of the others come with any region."""


@dataclass(frozen=True)
class PriceChange:
    """A price that an import sets.

    Attributes:
        region: the price file.
        key: the price's key.
        old: what counted before, if anything.
        new: what counts now.
    """

    region: str
    key: str
    old: Price | None
    new: Price

    @property
    def differs(self) -> bool:
        """Whether something costs another amount than before."""
        old, new = self.old, self.new
        return old is None or (old.usd, old.free, old.tiers) != (new.usd, new.free, new.tiers)

    @property
    def percent(self) -> Decimal | None:
        """By how much a unit's price rises; `None` where there was none, or it was free."""
        if self.old is None or not self.old.usd:
            return None
        return (self.new.usd - self.old.usd) / self.old.usd * 100


@dataclass(frozen=True)
class Imported:
    """What an import comes to.

    Attributes:
        files: the price files with a price that is imported, by region.
        changes: every price that was found.
        missing: region and key of prices that are here, and whose service is in the export, but not
            they.
        problems: SKUs that fit and cannot be used, and why.
    """

    files: Mapping[str, PriceFile]
    changes: tuple[PriceChange, ...]
    missing: tuple[tuple[str, str], ...]
    problems: tuple[str, ...]


class _UnusableError(Exception):
    """A SKU cannot be used; the reason."""


def merge(  # noqa: PLR0913, PLR0917 each is a fact of its own
    skus: Iterable[Sku],
    regions: Iterable[str],
    used: Prices,
    written: Mapping[str, PriceFile],
    exported: date,
    unused: Iterable[Sku] = (),
) -> Imported:
    """Finds our prices among SKUs.

    Args:
        skus: of the export.
        regions: whose price files are wanted, besides those of no region.
        used: the prices that count now.
        written: the files that the result is written over, by region; their other prices stay.
        exported: the day of the export, which is the date of a price without one of its own; a
            price that is in force only later is none.
        unused: SKUs of the export that were skipped: a price that may be theirs is not taken.
    """
    offers = Offers(skus)
    entries = [entry for entry in read_mapping() if entry.service in offers.services]
    skipped = Offers(unused)
    offered = [(entry, offers.of(entry), skipped.of(entry)) for entry in entries]
    named = frozenset(entry.place for entry in read_mapping()) - {_ANY_REGION}
    changes: list[PriceChange] = []
    missing: list[tuple[str, str]] = []
    problems: list[str] = []
    for place in sorted({*regions, *named}):
        before = used.files[place].prices if place in used.files else {}
        for entry, offer, rivals in offered:
            if entry.place != (place if place in named else _ANY_REGION):
                continue
            old = before.get(entry.key)
            try:
                new = _only(offer.fitting(place), entry, old, exported)
                if new is not None:
                    _refuse_rivals(rivals.fitting(place), new)
            except _UnusableError as reason:
                problems.append(f"{place}: {entry.key}: {reason}")
                continue
            if new is not None:
                changes.append(PriceChange(place, entry.key, old, new))
            elif old is not None:
                missing.append((place, entry.key))
    return Imported(dict(_files(changes, written)), tuple(changes), tuple(missing), tuple(problems))


def _files(
    changes: Iterable[PriceChange], written: Mapping[str, PriceFile]
) -> Iterator[tuple[str, PriceFile]]:
    found: dict[str, dict[str, Price]] = {}
    for change in changes:
        found.setdefault(change.region, {})[change.key] = change.new
    for region, new in found.items():
        old = written.get(region)
        prices = {**(old.prices if old else {}), **new}
        # The day of the newest price, so that the same export makes the same file on any day.
        days = [price.date for price in prices.values()]
        compiled = max([*days, *([old.compiled] if old else [])])
        yield (
            region,
            PriceFile(
                region=region,
                currency="USD",
                compiled=compiled,
                prices=dict(sorted(prices.items())),
            ),
        )


def _only(
    fitting: Sequence[Sku], entry: SkuEntry, old: Price | None, exported: date
) -> Price | None:
    """The price of the SKU that fits; of several, which must cost the same, of the first by id."""
    prices = [_price(sku, entry, old, exported) for sku in fitting]
    if len({(price.usd, price.free, price.tiers) for price in prices}) > 1:
        ids = ", ".join(sku.sku_id for sku in fitting)
        raise _UnusableError(f"several SKUs fit, and differ: {ids}")
    return prices[0] if prices else None


def _refuse_rivals(rivals: Sequence[Sku], found: Price) -> None:
    if rivals:
        ids = ", ".join(sku.sku_id for sku in rivals)
        raise _UnusableError(f"{found.sku} fits, and so may what was skipped: {ids}")


def _price(sku: Sku, entry: SkuEntry, old: Price | None, exported: date) -> Price:
    info = _in_force(sku, exported)
    expression = info.pricing_expression
    aggregation = info.aggregation_info
    try:
        units = _units(entry, expression.usage_unit)
        free, rates = _rates(expression.tiered_rates, units)
    except UnitError as reason:
        raise _UnusableError(f"{sku.sku_id} {reason}") from None
    if aggregation.aggregation_interval == "DAILY" and (free or len(rates) > 1):
        raise _UnusableError(f"{sku.sku_id} has quantities that are counted by the day")
    per_project = aggregation.aggregation_level == "PROJECT"
    effective = info.effective_time
    content = {
        "usd": format(rates[0][1], "f"),
        "unit": entry.unit,
        "source": f"Cloud Billing Catalog, SKU {sku.sku_id}: {sku.description}",
        "date": exported if effective is None else _day(info),
        "confidence": "high",
        "sku": sku.sku_id,
        "note": old.note if old else None,
        "free": format(free, "f") if free else None,
        "free_for": "project" if per_project else "billing account",
        "tiers": [
            {"above": format(above, "f"), "usd": format(usd, "f")} for above, usd in rates[1:]
        ],
    }
    if entry.keeps_free:
        kept = old.free if old else None
        content["free"] = format(kept, "f") if kept else None
        content["free_for"] = old.free_for if old else "billing account"
    try:
        return Price.model_validate(content)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise _UnusableError(f"{sku.sku_id}: {where}: {mismatch(first)}") from None


def _in_force(sku: Sku, exported: date) -> PricingInfo:
    """The last pricing that is in force on the day of the export."""
    infos = [
        info
        for info in sku.pricing_info
        if info.pricing_expression.tiered_rates
        and (info.effective_time is None or _day(info) <= exported)
    ]
    if not infos:
        raise _UnusableError(f"{sku.sku_id} has no price in force")
    return max(infos, key=_day)


def _day(info: PricingInfo) -> date:
    time = info.effective_time
    if time is None:
        return date.min
    return (time.astimezone(UTC) if time.tzinfo else time).date()


def _units(entry: SkuEntry, theirs: str) -> Fraction:
    """How many of the catalogue's units one of ours is."""
    failure = UnitError(f"is billed by {theirs}")
    for measure in entry.measures:
        try:
            return unit_ratio(measure, theirs) * entry.count
        except UnitError as error:
            failure = error
    raise failure


def _rates(
    tiers: tuple[TieredRate, ...], units: Fraction
) -> tuple[Decimal | None, list[tuple[Decimal, Decimal]]]:
    """What is free, and from which quantity above that on a unit costs how much."""
    rates = [
        (
            to_decimal(Fraction(tier.start_usage_amount) / units),
            to_decimal(Fraction(tier.unit_price.usd) * units),
        )
        for tier in tiers
    ]
    # A tier at the price of the one before says nothing.
    rates = rates[:1] + [now for before, now in pairwise(rates) if now[1] != before[1]]
    free = None
    if len(rates) > 1 and not rates[0][1]:
        free, rates = rates[1][0], rates[1:]
    return free, [(start - (free or 0), usd) for start, usd in rates]
