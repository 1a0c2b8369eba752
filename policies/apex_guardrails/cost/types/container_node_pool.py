"""A GKE node pool: its machines and their disks."""

from __future__ import annotations

from apex_guardrails.cost.gke import POOL_PRICES, pool_components
from apex_guardrails.cost.pricing import Components, Pricing, priced
from apex_guardrails.cost.quantities import UnpricedError
from apex_guardrails.gcp.types import CONTAINER_CLUSTER, CONTAINER_NODE_POOL
from apex_guardrails.model import Resource


@priced(CONTAINER_NODE_POOL, prices=POOL_PRICES)
def node_pool(pool: Resource, pricing: Pricing) -> Components:
    """Its nodes are in as many zones as it says, or its cluster."""
    yield from pool_components(pool, _place(pool), pricing)


def _place(pool: Resource) -> Resource:
    """What says where a pool is: itself, or its cluster, which is in the same place."""
    if isinstance(pool.peek("location"), str):
        return pool
    for path in ("cluster", "location"):
        for cluster in pool.referred(path, CONTAINER_CLUSTER):
            return cluster
    if pool.is_set("location"):
        return pool
    raise UnpricedError("its cluster, and so its location, is not known here")
