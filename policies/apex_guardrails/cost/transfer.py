"""What is sent: to the internet, and to Google Cloud's other regions.

Source: Virtual Private Cloud's price page, "Data transfer", and Infracost's golden files of
2026-08-21, 2026-11.
"""

from __future__ import annotations

from typing import Final

from apex_guardrails.cost.prices import WORLDWIDE
from apex_guardrails.cost.pricing import Components, Pricing
from apex_guardrails.cost.quantities import UnpricedError
from apex_guardrails.model import UndecidedError

TRANSFER_PRICES: Final = ("transfer.*",)
"""Patterns of the keys of what is sent between regions."""

INTERNET_PRICES: Final = ("egress.gib", "egress.china.gib", "egress.australia.gib")
"""Those of what is sent to the internet."""

_CONTINENTS: Final = {
    "us": "americas",
    "nam4": "americas",
    "northamerica": "americas",
    "southamerica": "south_america",
    "eu": "europe",
    "eur4": "europe",
    "europe": "europe",
    "asia1": "asia",
    "asia": "asia",
    "australia": "oceania",
}
"""Which prices count, by the first part of a region's name."""
_FAR: Final = "continents"
_INDONESIA: Final = "asia-southeast2"
"""It is priced as Oceania is."""


def between_regions(
    pricing: Pricing, region: str | None = None, *, prefix: str = "transfer"
) -> Components:
    """What is sent to other regions.

    Args:
        pricing: the prices.
        region: from where; by default from where the resource is.
        prefix: what the keys of the prices begin with, where a service has its own.
    """
    continent = _continent(pricing, region)
    near = pricing.assumed("region_gib")
    yield pricing.component("to other regions", f"{prefix}.{continent}.gib", near, region=WORLDWIDE)
    far = pricing.assumed("continent_gib")
    if not far.is_zero:
        kind = continent if continent == "oceania" else _FAR
        yield pricing.component(
            "to other continents", f"{prefix}.{kind}.gib", far, region=WORLDWIDE
        )


def _continent(pricing: Pricing, region: str | None) -> str:
    """Where it is not known where a resource is, what is sent counts as going far."""
    try:
        where = pricing.region if region is None else region
    except (UndecidedError, UnpricedError):
        return _FAR
    return "oceania" if where == _INDONESIA else _CONTINENTS.get(where.partition("-")[0], _FAR)


def to_the_internet(pricing: Pricing, region: str, *, usage: str = "egress_gib") -> Components:
    """What is sent to the internet; to China and Australia at prices of their own."""
    yield pricing.component("to the internet", "egress.gib", pricing.assumed(usage), region=region)
    for place in ("china", "australia"):
        gib = pricing.assumed(f"{place}_gib")
        if not gib.is_zero:
            yield pricing.component(
                f"to {place.title()}", f"egress.{place}.gib", gib, region=WORLDWIDE
            )
