"""GKE nodes encrypt their memory (Confidential GKE Nodes)."""

from collections.abc import Iterator

from apex_guardrails.gcp.clusters import WITH_NODES, is_standard, nodes_of
from apex_guardrails.gcp.types import CONTAINER_CLUSTER, CONTAINER_NODE_POOL
from apex_guardrails.model import Resource, Violation, case, rule
from apex_guardrails.model.view import View

ENABLED = "confidentialNodes.enabled"


@rule(
    severity="low",
    on=WITH_NODES,
    when=is_standard,
    fix="Set confidential_nodes.enabled=True on the cluster, for all of its pools.",
    opt_in=True,
)
def gke_confidential_nodes(resource: Resource) -> Iterator[Violation]:
    """Without it, the host can read the nodes' memory."""

    def check(nodes: View) -> Iterator[Violation]:
        # Omitted: off (GKE API, ConfidentialNodes, 2026-11).
        if nodes.get(ENABLED, omitted=False) is not True:
            yield nodes.fail("does not encrypt the memory of its nodes", at=ENABLED)

    def covers(cluster: Resource) -> bool:
        return cluster.get(ENABLED, omitted=False) is True

    if resource.type.token == CONTAINER_CLUSTER:
        if not covers(resource):
            yield from resource.stack.each(nodes_of(resource), check)
    elif not any(map(covers, resource.referred("cluster", CONTAINER_CLUSTER))):
        yield from check(resource.at("nodeConfig"))


ON = {"enabled": True}
OFF = {"enabled": False}
CLUSTER = case.resource(CONTAINER_CLUSTER, "shop", confidentialNodes=ON)
IN_SHOP = case.output_of("shop")
CASES = [
    case.passes(confidentialNodes=ON),
    case.passes(
        nodeConfig={"confidentialNodes": ON},
        enableAutopilot=False,
        nodePools=[],
        removeDefaultNodePool=False,
        clusterAutoscaling={"enabled": False},
    ),
    case.not_applicable(enableAutopilot=True),
    *(
        case.undecided(**case.inputs_at(path, case.UNKNOWN))
        for path in ("enableAutopilot", "nodePools", "removeDefaultNodePool")
    ),
    case.undecided(clusterAutoscaling=case.UNKNOWN, removeDefaultNodePool=True),
    case.passes(nodePools=[{"nodeConfig": {"confidentialNodes": ON}}]),
    case.undecided(nodePools=[{"nodeConfig": case.UNKNOWN}]),
    case.passes(removeDefaultNodePool=True),
    case.fails(),
    case.fails(confidentialNodes=OFF),
    case.fails(nodePools=[{}]),
    case.fails(nodeConfig={"confidentialNodes": OFF}),
    case.undecided(confidentialNodes=case.UNKNOWN),
    case.undecided(nodeConfig=case.UNKNOWN),
    case.passes(case.resource(CONTAINER_NODE_POOL, nodeConfig={"confidentialNodes": ON})),
    case.passes(case.resource(CONTAINER_NODE_POOL, cluster=IN_SHOP), CLUSTER),
    case.fails(
        case.resource(CONTAINER_NODE_POOL, cluster=IN_SHOP),
        case.resource(CONTAINER_CLUSTER, "shop"),
    ),
    case.fails(case.resource(CONTAINER_NODE_POOL, cluster="another")),
    case.undecided(case.resource(CONTAINER_NODE_POOL, nodeConfig=case.UNKNOWN)),
]
