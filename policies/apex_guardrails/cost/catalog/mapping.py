"""Which SKU is which of our prices: data in `mapping.json`, with its sources."""

from __future__ import annotations

import json
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from apex_guardrails.cost.catalog.export import Sku
from apex_guardrails.cost.prices import GLOBAL, WORLDWIDE

MAPPING_FILE: Final = Path(__file__).with_name("mapping.json")

EVERYWHERE: Final = "global"
"""The region of a SKU that costs the same everywhere."""


class SkuEntry(BaseModel):
    """One of our prices, and how its SKU is known.

    Attributes:
        key: the price's key.
        unit: our unit, as the price file says it.
        service: the service's display name.
        descriptions: patterns of the SKU's description; `{region}` stands for the region.
        excluded: patterns that it does not fit.
        group: the SKU's resource group, where that tells it apart.
        usage: its usage type.
        measures: our unit in the catalogue's spelling; of several, the one that fits counts.
        count: how many of `measures` our unit is.
        place: the file that the price belongs into; "region" for the one that is imported.
        sold_in: the region whose SKU counts, where that is not the file's own.
        keeps_free: whether the free quantity stays as it is: the catalogue does not have it, as of
            Cloud Run, or for more regions than it is for, as of Cloud Storage.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    key: str
    unit: str
    service: str
    descriptions: tuple[str, ...] = Field(min_length=1)
    excluded: tuple[str, ...] = ()
    group: str | None = None
    usage: Literal["OnDemand", "Preemptible", "Commit1Yr", "Commit3Yr"] = "OnDemand"
    measures: tuple[str, ...] = Field(min_length=1)
    count: int = Field(1, gt=0)
    place: str = "region"
    sold_in: str | None = None
    keeps_free: bool = False

    def region(self, place: str) -> str:
        """The region whose SKUs count for a price file."""
        return self.sold_in or (EVERYWHERE if place in (WORLDWIDE, GLOBAL) else place)

    def fits(self, sku: Sku, place: str) -> bool:
        """Whether a SKU is this price for a price file."""
        region = self.region(place)
        return (
            self.fits_somewhere(sku)
            and (region in sku.service_regions or EVERYWHERE in sku.service_regions)
            and _any_fits(sku.description, self.descriptions, region)
            and not _any_fits(sku.description, self.excluded, region)
        )

    def fits_somewhere(self, sku: Sku) -> bool:
        """Whether a SKU may be this price for some price file."""
        category = sku.category
        return (
            category.service_display_name == self.service
            and category.usage_type == self.usage
            and (self.group is None or category.resource_group == self.group)
            and _any_fits(sku.description, self.descriptions, "*")
        )


def _any_fits(text: str, patterns: tuple[str, ...], region: str) -> bool:
    return any(fnmatchcase(text, pattern.replace("{region}", region)) for pattern in patterns)


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")

    sources: list[str]
    entries: tuple[SkuEntry, ...]


@cache
def read_mapping() -> tuple[SkuEntry, ...]:
    """Every entry; a key may have one for each of several files."""
    return _File.model_validate(json.loads(MAPPING_FILE.read_text("utf-8"))).entries
