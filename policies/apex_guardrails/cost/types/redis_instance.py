"""Memorystore for Redis: GiB at the price of the capacity band that the size falls into.

Source: Memorystore for Redis's price page, 2026-11.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from apex_guardrails.cost.pricing import Components, Pricing, priced
from apex_guardrails.cost.quantities import UnpricedError, read_number
from apex_guardrails.cost.usage import HOURS_PER_MONTH
from apex_guardrails.gcp.memorystore import REDIS_TIER
from apex_guardrails.gcp.types import REDIS_INSTANCE
from apex_guardrails.model import Resource

_BANDS: Final = (("m1", 4), ("m2", 10), ("m3", 35), ("m4", 100), ("m5", 300))
"""Each band and the most GiB of it. All of an instance is priced by its band, so that one of 5 GiB
is cheaper than one of 4."""


@priced(REDIS_INSTANCE, prices=("redis.basic.*", "redis.standard.*"))
def instance(resource: Resource, pricing: Pricing) -> Components:
    """The memory that is provisioned, on every node where there are replicas to read from."""
    tier = str(REDIS_TIER.get(resource))
    if tier not in ("BASIC", "STANDARD_HA"):
        raise UnpricedError(f"there is no price for Redis of the tier {tier}")
    if (
        resource.get("readReplicasMode", omitted="READ_REPLICAS_DISABLED")
        == "READ_REPLICAS_ENABLED"
    ):
        raise UnpricedError("there is no price for Redis with read replicas")
    gib = read_number(resource, "memorySizeGb", omitted=0)
    band = next((name for name, most in _BANDS if 0 < gib <= most), None)
    if band is None:
        raise UnpricedError(f"Redis has no size of {gib} GiB")
    kind = "basic" if tier == "BASIC" else "standard"
    hours: Decimal = HOURS_PER_MONTH * gib
    yield pricing.component(
        f"memory ({kind}, {band.upper()})", f"redis.{kind}.{band}.gib_hour", hours
    )
