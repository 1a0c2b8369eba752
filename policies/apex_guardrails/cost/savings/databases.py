"""Cloud SQL: a smaller tier that is enough.

Source: Cloud SQL documentation, "Instance settings": 1 vCPU or an even number of them; memory in
steps of 256 MiB, at least 3.75 GiB, from 0.9 to 6.5 GiB for each vCPU; 2026-11.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import ROUND_CEILING, Decimal
from typing import Final

from apex_guardrails.cost.amounts import ZERO
from apex_guardrails.cost.model import Estimate, Saving, sum_amounts
from apex_guardrails.cost.needs import Needs
from apex_guardrails.cost.pricing import Pricing

_VCPU: Final = re.compile(r"sql\.vcpu\.(zonal|regional)\.hour")
_STEP: Final = Decimal("0.25")
_LEAST_GIB: Final = Decimal("3.75")
_LEAST_PER_VCPU: Final = Decimal("0.9")
_MOST_PER_VCPU: Final = Decimal("6.5")


def smaller_tier(item: Estimate, pricing: Pricing, need: Needs) -> Iterator[Saving]:
    """The smallest custom tier that is enough, where that is cheaper."""
    for part in item.components:
        match = _VCPU.fullmatch(part.key)
        if not match:
            continue
        memory = f"sql.ram.{match[1]}.gib_hour"
        now = sum_amounts(
            other.monthly for other in item.components if other.key in (part.key, memory)
        )
        vcpus, gib = _tier(need)
        hours = pricing.usage.database_hours.amounts
        then = sum_amounts(
            pricing.component(key, key, hours * units, region=part.region).monthly
            for key, units in ((part.key, vcpus), (memory, gib))
        )
        tier = f"db-custom-{vcpus:f}-{gib * 1024:.0f}"
        yield Saving(
            item.urn, f"the tier {tier}: enough for {need.text}", (now - then).at_least(ZERO)
        )


def _tier(need: Needs) -> tuple[Decimal, Decimal]:
    """How many vCPUs and GiB."""
    vcpus = _vcpus(max(need.vcpus, need.memory_gib / _MOST_PER_VCPU))
    gib = max(need.memory_gib, _LEAST_GIB, vcpus * _LEAST_PER_VCPU)
    return vcpus, (gib / _STEP).to_integral_value(ROUND_CEILING) * _STEP


def _vcpus(least: Decimal) -> Decimal:
    if least <= 1:
        return Decimal(1)
    return (least / 2).to_integral_value(ROUND_CEILING) * 2
