"""GKE nodes have no public addresses."""

from collections.abc import Iterator

from apex_guardrails.gcp.clusters import WITH_NODES
from apex_guardrails.gcp.types import CONTAINER_NODE_POOL
from apex_guardrails.model import Resource, Violation, case, rule

# What holds for all pools that do not say otherwise.
FOR_ALL = "privateClusterConfig.enablePrivateNodes"
OF_A_POOL = "networkConfig.enablePrivateNodes"


@rule(
    severity="high",
    on=WITH_NODES,
    controls=["checkov:CKV_GCP_25", "checkov:CKV_GCP_64", "trivy:GCP-0059"],
    fix="Set private_cluster_config.enable_private_nodes=True, and Cloud NAT for the way out.",
)
def gke_private_nodes(resource: Resource) -> Iterator[Violation]:
    """Whatever listens on a node is then one firewall rule away from the internet."""
    if resource.type.token == CONTAINER_NODE_POOL:
        # Omitted: as the cluster says (GKE API, NodeNetworkConfig, 2026-11).
        if resource.get(OF_A_POOL) is False:
            yield resource.fail("gives its nodes public addresses", at=OF_A_POOL)
        return
    # Omitted: public addresses (GKE API, privateClusterConfig, 2026-11).
    if resource.get(FOR_ALL, omitted=False) is not True:
        yield resource.fail("gives its nodes public addresses", at=FOR_ALL)
        return
    for pool in resource.each("nodePools"):
        if pool.get(OF_A_POOL) is False:
            yield pool.fail("gives its nodes public addresses", at=OF_A_POOL)


PRIVATE = {"enablePrivateNodes": True}
PUBLIC = {"enablePrivateNodes": False}
CASES = [
    case.passes(privateClusterConfig=PRIVATE),
    case.passes(privateClusterConfig=PRIVATE, nodePools=[{}, {"networkConfig": PRIVATE}]),
    case.fails(),
    case.fails(privateClusterConfig={"enablePrivateEndpoint": False}),
    case.fails(privateClusterConfig=PUBLIC, enableAutopilot=True),
    case.fails(privateClusterConfig=PRIVATE, nodePools=[{}, {"networkConfig": PUBLIC}]),
    case.undecided(privateClusterConfig=case.UNKNOWN),
    case.undecided(privateClusterConfig=PRIVATE, nodePools=case.UNKNOWN),
    case.undecided(privateClusterConfig=PRIVATE, nodePools=[{"networkConfig": case.UNKNOWN}]),
    case.passes(case.resource(CONTAINER_NODE_POOL)),
    case.passes(case.resource(CONTAINER_NODE_POOL, networkConfig=PRIVATE)),
    case.fails(case.resource(CONTAINER_NODE_POOL, networkConfig=PUBLIC)),
    case.undecided(case.resource(CONTAINER_NODE_POOL, networkConfig=case.UNKNOWN)),
]
