"""Memorystore for Redis Cluster: nodes by type, shards times one and their replicas.

Source: Memorystore for Redis Cluster's price page and documentation ("Cluster and node
specification", "Persistence", "Backups"), 2026-11.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from apex_guardrails.cost.amounts import Amounts
from apex_guardrails.cost.pricing import Components, Pricing, priced
from apex_guardrails.cost.quantities import UnpricedError, read_number
from apex_guardrails.cost.usage import HOURS_PER_MONTH
from apex_guardrails.gcp.memorystore import CLUSTER_NODE
from apex_guardrails.gcp.types import REDIS_CLUSTER
from apex_guardrails.model import Resource

_GIB: Final = {
    "redis-shared-core-nano": Decimal("1.4"),
    "redis-standard-small": Decimal("6.5"),
    "redis-highmem-medium": Decimal(13),
    "redis-highmem-xlarge": Decimal(58),
}
"""What a node holds."""


@priced(REDIS_CLUSTER, prices=("redis.cluster.*",))
def cluster(resource: Resource, pricing: Pricing) -> Components:
    """The nodes; without a type they are highmem-medium."""
    node = str(CLUSTER_NODE.get(resource))
    kind = node.lower().replace("_", "-")
    shards = read_number(resource, "shardCount", omitted=0)
    nodes = shards * (1 + read_number(resource, "replicaCount", omitted=0))
    yield pricing.component(
        f"nodes ({node})", f"redis.cluster.{kind}.hour", HOURS_PER_MONTH * nodes
    )
    logged = resource.get("persistenceConfig.mode", omitted="DISABLED") == "AOF"
    backed_up = resource.is_set("automatedBackupConfig")
    if not logged and not backed_up:
        return
    if kind not in _GIB:
        raise UnpricedError(f"it is not known what a node of the type {node} holds")
    if logged:
        # It is not documented whether the replicas' files are billed, too.
        primaries, all_nodes = shards * _GIB[kind], nodes * _GIB[kind]
        gib = Amounts(primaries, all_nodes, all_nodes)
        yield pricing.component(
            "append-only files", "redis.cluster.aof.gib_hour", gib * HOURS_PER_MONTH
        )
    if backed_up:
        kept = pricing.assumed("backup_share") * (shards * _GIB[kind])
        yield pricing.component("backups", "redis.cluster.backup.gib_month", kept)
