"""A GKE cluster: its management, and the nodes of the pools that it defines itself."""

from __future__ import annotations

from apex_guardrails.cost.gke import POOL_PRICES, pool_components
from apex_guardrails.cost.prices import WORLDWIDE
from apex_guardrails.cost.pricing import Components, Pricing, priced
from apex_guardrails.cost.quantities import UnpricedError, is_true
from apex_guardrails.cost.usage import HOURS_PER_MONTH
from apex_guardrails.gcp.types import CONTAINER_CLUSTER
from apex_guardrails.model import Resource


@priced(CONTAINER_CLUSTER, prices=("gke.cluster_hour", *POOL_PRICES))
def cluster(resource: Resource, pricing: Pricing) -> Components:
    """What runs in an Autopilot cluster is not known before it does."""
    yield pricing.component("management", "gke.cluster_hour", HOURS_PER_MONTH, region=WORLDWIDE)
    if is_true(resource, "enableAutopilot", omitted=False):
        raise UnpricedError("what its pods request is known only once they run")
    pools = list(resource.each("nodePools"))
    for pool in pools:
        yield from pool_components(pool, resource, pricing)
    if not pools and not is_true(resource, "removeDefaultNodePool", omitted=False):
        yield from pool_components(resource, resource, pricing)
