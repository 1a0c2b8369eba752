"""GKE node pools are resources of their own."""

from collections.abc import Iterator

from apex_guardrails.gcp.types import CONTAINER_CLUSTER
from apex_guardrails.model import Resource, Violation, case, rule


@rule(
    severity="low",
    on=CONTAINER_CLUSTER,
    controls=["checkov:CKV_GCP_123"],
    fix="Make each pool a gcp.container.NodePool, and set remove_default_node_pool=True.",
)
def gke_separate_node_pools(cluster: Resource) -> Iterator[Violation]:
    """Whoever adds, removes or renames a pool in the list replaces the whole cluster."""
    # Omitted: one default pool (the provider's page of container.Cluster, 2026-11).
    if cluster.get("nodePools"):
        yield cluster.fail("has node pools in its own inputs", at="nodePools")


CASES = [
    case.passes(removeDefaultNodePool=True),
    case.passes(nodePools=[]),
    case.fails(nodePools=[{"name": "blue"}]),
    case.undecided(nodePools=case.UNKNOWN),
]
