"""A Cloud Run worker pool: instances that always run, at a lower price than a service's."""

from __future__ import annotations

from decimal import Decimal

from apex_guardrails.cost.amounts import Amounts
from apex_guardrails.cost.cloud_run import price_running, read_size
from apex_guardrails.cost.pricing import Components, Pricing, priced
from apex_guardrails.cost.quantities import read_bounded
from apex_guardrails.gcp.types import CLOUDRUNV2_WORKER_POOL
from apex_guardrails.model import Resource


@priced(CLOUDRUNV2_WORKER_POOL, prices=("run.worker.*",))
def worker_pool(resource: Resource, pricing: Pricing) -> Components:
    """As many instances as are set; where Google scales them, from the fewest to the most.

    They are billed while they are there: the assumption `active_hours` says how long that is.
    """
    count = _count(resource)
    of = read_size(resource, "template.containers")
    if not count.is_zero:
        seconds = count * pricing.assumed("active_hours") * 3600
        yield from price_running("worker", "worker pool", seconds, of, pricing)


def _count(resource: Resource) -> Amounts:
    scaling = resource.at("scaling")
    if scaling.get("scalingMode", omitted="MANUAL") == "AUTOMATIC":
        least = read_bounded(scaling, "minInstanceCount", omitted=0, low=Decimal(0), high=None)
        most = read_bounded(scaling, "maxInstanceCount", omitted=100, low=Decimal(0), high=None)
        return Amounts(least.low, least.expected, max(least.high, most.high))
    # Cloud Run's documentation, "Manual scaling" of worker pools (2026-11): one where none is set.
    return read_bounded(scaling, "manualInstanceCount", omitted=1, low=Decimal(0), high=None)
