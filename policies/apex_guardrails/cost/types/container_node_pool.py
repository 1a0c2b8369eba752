"""A GKE node pool: its machines and their disks."""

from __future__ import annotations

from apex_guardrails.cost.gke import POOL_PRICES, pool_components
from apex_guardrails.cost.pricing import Components, Pricing, priced
from apex_guardrails.cost.quantities import UnpricedError
from apex_guardrails.gcp.types import CONTAINER_CLUSTER, CONTAINER_NODE_POOL
from apex_guardrails.model import Resource


@priced(CONTAINER_NODE_POOL, prices=POOL_PRICES)
def node_pool(pool: Resource, pricing: Pricing) -> Components:
    """Where it is, and in how many zones, is its own matter or its cluster's."""
    place = pool
    if not pool.is_set("location"):
        cluster = next(pool.referred("cluster", CONTAINER_CLUSTER), None)
        if cluster is None:
            raise UnpricedError("its cluster, and so its location, is not known here")
        place = cluster
    yield from pool_components(pool, place, pricing)
