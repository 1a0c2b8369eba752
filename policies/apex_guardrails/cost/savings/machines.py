"""Machines: a newer family at the same size, a commitment, a smaller size that is enough.

Source: Compute Engine documentation, "General-purpose machine family" and "Compute-optimized
machine family" (sizes and generations), "Committed use discounts", 2026-11.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Literal

from apex_guardrails.cost.amounts import Amounts
from apex_guardrails.cost.machine_sizes import parse_machine
from apex_guardrails.cost.machines import machine_components
from apex_guardrails.cost.model import Component, Estimate, Saving
from apex_guardrails.cost.needs import Needs
from apex_guardrails.cost.prices import NoPriceError, Prices
from apex_guardrails.cost.pricing import Pricing, StackIndex
from apex_guardrails.cost.quantities import UnpricedError
from apex_guardrails.cost.usage import HOURS_PER_MONTH

_VCPU: Final = re.compile(r"vCPU \(([a-z0-9-]+)(?:, (spot|1-year|3-year))?\)")
"""How the part of an estimate is named that a machine's vCPUs are."""

_NAME: Final = re.compile(r"([a-z]\w*)-(standard|highmem|highcpu)-(\d+)")

_NEWER: Final = {"n1": ("n2", "n2d", "e2")}
"""By family: those of a later generation that take the same disks and images."""

_N2: Final = (2, 4, 8, 16, 32, 48, 64, 80)
_SIZES: Final = {
    ("e2", "standard"): (2, 4, 8, 16, 32),
    ("e2", "highmem"): (2, 4, 8, 16),
    ("e2", "highcpu"): (2, 4, 8, 16, 32),
    ("n1", "standard"): (1, 2, 4, 8, 16, 32, 64, 96),
    ("n1", "highmem"): (2, 4, 8, 16, 32, 64, 96),
    ("n1", "highcpu"): (2, 4, 8, 16, 32, 64, 96),
    ("n2", "standard"): (*_N2, 96, 128),
    ("n2", "highmem"): (*_N2, 96, 128),
    ("n2", "highcpu"): (*_N2, 96),
    ("n2d", "standard"): (*_N2, 96, 128, 224),
    ("n2d", "highmem"): (*_N2, 96),
    ("n2d", "highcpu"): (*_N2, 96, 128, 224),
    ("t2d", "standard"): (1, 2, 4, 8, 16, 32, 48, 60),
    ("c2", "standard"): (4, 8, 16, 30, 60),
}
"""The vCPUs that there are."""

Term = Literal["none", "1-year", "3-year"]


@dataclass(frozen=True)
class _Market:
    """What one machine costs where a resource is, and as it is bought."""

    pricing: Pricing
    prices: Prices
    region: str
    is_spot: bool

    def parts(self, name: str, term: Term | None = None) -> list[Component] | None:
        """What one machine of a type is billed by; `None` where it has no price."""
        usage, index = self.pricing.usage, self.pricing.index
        if term is not None:
            usage = usage.model_copy(update={"commitment": term})
        # Not the estimate's own index: what advice assumes is not what the estimate rests on.
        alone = Pricing(self.pricing.resource, self.prices, usage, StackIndex(index.stack))
        try:
            return list(machine_components(name, 1, alone, spot=self.is_spot, region=self.region))
        except (UnpricedError, NoPriceError):
            return None

    def cost(self, name: str, term: Term | None = None) -> Decimal | None:
        """US dollars a month for one machine of a type; `None` where it has no price."""
        parts = self.parts(name, term)
        return None if parts is None else _expected(parts)


@dataclass(frozen=True)
class _Machines:
    """The machines of one type in an estimate."""

    market: _Market
    name: str
    cost: Decimal
    """US dollars a month for one of them."""
    count: Amounts


def machine_savings(
    item: Estimate, pricing: Pricing, prices: Prices, need: Needs | None
) -> Iterator[Saving]:
    """What the machines of an estimate could cost less."""
    for part in item.components:
        match = _VCPU.fullmatch(part.name)
        if match is None:
            continue
        market = _Market(pricing, prices, part.region, is_spot=match[2] == "spot")
        machines = _machines(part, match[1], market)
        if machines is None:
            continue
        if match[2] is None:
            yield from _committed(item, machines)
        # What is bound to a machine's family is not moved by advice.
        has_more = item.unpriced or any("local SSD" in other.name for other in item.components)
        if not has_more:
            yield from _newer(item, machines)
            yield from _smaller(item, machines, need)


def _machines(part: Component, name: str, market: _Market) -> _Machines | None:
    one = market.parts(name)
    if not one or not one[0].quantity.expected or one[0].key != part.key:
        return None
    count = part.quantity.with_each(
        one[0].quantity, lambda all_of, of_one: all_of / of_one if of_one else of_one
    )
    return _Machines(market, name, _expected(one), count)


def _expected(parts: Iterable[Component]) -> Decimal:
    return sum((part.monthly.expected for part in parts), Decimal(0))


def _committed(item: Estimate, machines: _Machines) -> Iterator[Saving]:
    """A commitment, for as many machines as there always are."""
    always = machines.count.low
    if machines.market.pricing.usage.active_hours.low < HOURS_PER_MONTH or not always:
        return
    for term in ("1-year", "3-year"):
        committed = machines.market.cost(machines.name, term)
        if committed is not None:
            which = "it always runs" if always == 1 else f"{always:f} of them always run"
            yield Saving(
                item.urn,
                f"a {term} commitment for {machines.name}, as {which}",
                Amounts.of((machines.cost - committed) * always),
            )


def _newer(item: Estimate, machines: _Machines) -> Iterator[Saving]:
    """The cheapest newer family that has the same size, or a little more memory."""
    match = _NAME.fullmatch(machines.name)
    families = _NEWER.get(match[1], ()) if match else ()
    if match:
        names = [
            f"{family}-{match[2]}-{match[3]}"
            for family in families
            if int(match[3]) in _SIZES.get((family, match[2]), ())
        ]
        yield from _cheapest(item, machines, names, "a newer family at the same size")


def _smaller(item: Estimate, machines: _Machines, need: Needs | None) -> Iterator[Saving]:
    """The cheapest size of the same family that is enough."""
    match = _NAME.fullmatch(machines.name)
    if need is None or match is None:
        return
    names = []
    for (family, kind), sizes in _SIZES.items():
        for size in sizes if family == match[1] else ():
            name = f"{family}-{kind}-{size}"
            made = parse_machine(name)
            if made.vcpus >= need.vcpus and made.gib >= need.memory_gib:
                names.append(name)
    yield from _cheapest(item, machines, names, f"enough for {need.text}")


def _cheapest(item: Estimate, machines: _Machines, names: list[str], why: str) -> Iterator[Saving]:
    costs = {name: cost for name in names if (cost := machines.market.cost(name)) is not None}
    if not costs:
        return
    best = min(costs, key=lambda name: (costs[name], name))
    advice = f"{best} instead of {machines.name}: {why}"
    yield Saving(item.urn, advice, machines.count * (machines.cost - costs[best]))
