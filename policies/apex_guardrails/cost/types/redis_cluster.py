"""Memorystore for Redis Cluster: nodes by type, shards times one and their replicas."""

from apex_guardrails.cost.pricing import Components, Pricing, priced
from apex_guardrails.cost.quantities import read_number
from apex_guardrails.cost.usage import HOURS_PER_MONTH
from apex_guardrails.gcp.memorystore import CLUSTER_NODE
from apex_guardrails.gcp.types import REDIS_CLUSTER
from apex_guardrails.model import Resource


@priced(REDIS_CLUSTER, prices=("redis.cluster.*",))
def cluster(resource: Resource, pricing: Pricing) -> Components:
    """The nodes; without a type they are highmem-medium (Memorystore documentation, 2026-11)."""
    node = str(CLUSTER_NODE.get(resource))
    shards = read_number(resource, "shardCount", omitted=0)
    nodes = shards * (1 + read_number(resource, "replicaCount", omitted=0))
    key = f"redis.cluster.{node.lower().replace('_', '-')}.hour"
    yield pricing.component(f"nodes ({node})", key, HOURS_PER_MONTH * nodes)
