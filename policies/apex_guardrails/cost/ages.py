"""Which prices are old, or not sure. No clock: the day is given."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from apex_guardrails.cost.prices import Price, Prices


@dataclass(frozen=True)
class DatedPrice:
    """A price and its age.

    Attributes:
        region: its price file.
        key: its key.
        price: itself.
        days: since it was seen at its source.
    """

    region: str
    key: str
    price: Price
    days: int


def date_prices(prices: Prices, today: date) -> Iterator[DatedPrice]:
    """Every price with its age, by region and key."""
    for region, file in sorted(prices.files.items()):
        for key, price in sorted(file.prices.items()):
            yield DatedPrice(region, key, price, (today - price.date).days)


def sort_by_age(prices: Prices, today: date) -> list[DatedPrice]:
    """Every price, the oldest first."""
    return sorted(date_prices(prices, today), key=lambda item: -item.days)


def find_too_old(prices: Prices, today: date, most: int) -> list[DatedPrice]:
    """The prices that are older than so many days, the oldest first."""
    return [item for item in sort_by_age(prices, today) if item.days > most]


def find_uncertain(prices: Prices, today: date) -> list[DatedPrice]:
    """The prices of low confidence."""
    return [item for item in date_prices(prices, today) if item.price.confidence == "low"]
