"""The SKUs of a catalogue by what they may be: each is compared once, not for each region."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property

from apex_guardrails.cost.catalog.export import Sku
from apex_guardrails.cost.catalog.mapping import EVERYWHERE, SkuEntry


class Offers:
    """What is sold."""

    def __init__(self, skus: Iterable[Sku]) -> None:
        self._skus: dict[tuple[str, str], list[Sku]] = defaultdict(list)
        for sku in skus:
            category = sku.category
            self._skus[category.service_display_name, category.usage_type].append(sku)

    @cached_property
    def services(self) -> frozenset[str]:
        """The display names of the services."""
        return frozenset(service for service, _ in self._skus)

    def of(self, entry: SkuEntry) -> Offer:
        """What may be one of our prices, in any region."""
        return Offer(entry, filter(entry.fits_somewhere, self._skus.get(_key(entry), ())))


class Offer:
    """The SKUs that may be one of our prices, by region."""

    def __init__(self, entry: SkuEntry, skus: Iterable[Sku]) -> None:
        self._entry = entry
        self._by_region: Mapping[str, list[Sku]] = defaultdict(list)
        for sku in skus:
            for region in set(sku.service_regions):
                self._by_region[region].append(sku)

    def fitting(self, place: str) -> Sequence[Sku]:
        """Those that are the price for a price file, by id."""
        found = {sku.sku_id: sku for sku in self._sold_in(place) if self._entry.fits(sku, place)}
        return [found[name] for name in sorted(found)]

    def _sold_in(self, place: str) -> Iterator[Sku]:
        for region in {self._entry.region(place), EVERYWHERE}:
            yield from self._by_region.get(region, ())


def _key(entry: SkuEntry) -> tuple[str, str]:
    return entry.service, entry.usage
