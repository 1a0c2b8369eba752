"""A GKE cluster: its management, and the nodes of the pools that it defines itself."""

from __future__ import annotations

from typing import Final

from apex_guardrails.cost.gke import POOL_PRICES, location_of, pool_components
from apex_guardrails.cost.prices import WORLDWIDE
from apex_guardrails.cost.pricing import Components, Pricing, priced, region_of
from apex_guardrails.cost.quantities import UnpricedError, is_true
from apex_guardrails.cost.usage import HOURS_PER_MONTH
from apex_guardrails.gcp.types import CONTAINER_CLUSTER
from apex_guardrails.model import Resource

_REGIONAL: Final = "gke.cluster_hour"
_CREDITED: Final = "gke.zonal_cluster_hour"
"""The free tier is a monthly credit of a billing account, for clusters in one zone and Autopilot's
(Google Kubernetes Engine's price page, 2026-11)."""
_ASKED_FOR: Final = (
    ("vCPU of pods", "autopilot.vcpu.hour", "autopilot_vcpus"),
    ("memory of pods", "autopilot.ram.gib_hour", "autopilot_memory_gib"),
    ("storage of pods", "autopilot.storage.gib_hour", "autopilot_storage_gib"),
)


@priced(CONTAINER_CLUSTER, prices=(_REGIONAL, _CREDITED, "autopilot.*", *POOL_PRICES))
def cluster(resource: Resource, pricing: Pricing) -> Components:
    """What runs in an Autopilot cluster is not known before it does: it is assumed, or unpriced."""
    autopilot = is_true(resource, "enableAutopilot", omitted=False)
    location = location_of(resource, pricing)
    in_one_zone = location != region_of(location)
    key = _CREDITED if autopilot or in_one_zone else _REGIONAL
    yield pricing.component("management", key, HOURS_PER_MONTH, region=WORLDWIDE)
    if autopilot:
        yield from _pods(pricing)
        return
    pools = list(resource.each("nodePools"))
    for pool in pools:
        yield from pool_components(pool, resource, pricing)
    if not pools and not is_true(resource, "removeDefaultNodePool", omitted=False):
        yield from pool_components(resource, resource, pricing)


def _pods(pricing: Pricing) -> Components:
    asked = [(name, key, pricing.assumed(usage)) for name, key, usage in _ASKED_FOR]
    if all(amount.is_zero for _, _, amount in asked):
        raise UnpricedError(
            "what its pods request is known only once they run; "
            "cost.usage.autopilot_vcpus and autopilot_memory_gib may say it"
        )
    for name, key, amount in asked:
        yield pricing.component(name, key, amount * HOURS_PER_MONTH)
