"""GKE nodes run as a dedicated service account, not the default one."""

from collections.abc import Iterator

from apex_guardrails.gcp.clusters import ACCOUNT, WITH_NODES, nodes_of, run_as_default
from apex_guardrails.gcp.types import CONTAINER_NODE_POOL
from apex_guardrails.model import Resource, Violation, case, rule


@rule(
    severity="high",
    on=WITH_NODES,
    controls=["checkov:CKV2_GCP_1", "trivy:GCP-0050"],
    fix="Set node_config.service_account to an account with the role "
    "roles/container.defaultNodeServiceAccount; of Autopilot, "
    "cluster_autoscaling.auto_provisioning_defaults.service_account. "
    "remove_default_node_pool=True removes a default pool that nobody needs.",
)
def gke_no_default_service_account(resource: Resource) -> Iterator[Violation]:
    """The default account is usually Editor on the project: so is who breaks out of a pod."""
    for nodes in nodes_of(resource):
        if run_as_default(nodes):
            yield nodes.fail("runs its nodes as the default service account", at=ACCOUNT)


OWN = {"serviceAccount": "nodes@p.iam.gserviceaccount.com"}
CASES = [
    case.passes(nodeConfig=OWN),
    case.passes(nodeConfig={"serviceAccount": case.UNKNOWN}),
    case.passes(nodeConfig=case.UNKNOWN),
    case.passes(removeDefaultNodePool=True),
    case.passes(removeDefaultNodePool=True, nodeConfig={"serviceAccount": "default"}),
    case.passes(nodePools=[{"nodeConfig": OWN}]),
    case.passes(
        nodeConfig=OWN,
        clusterAutoscaling={"enabled": False, "autoProvisioningDefaults": {}},
    ),
    case.passes(
        enableAutopilot=True,
        clusterAutoscaling={"autoProvisioningDefaults": OWN},
    ),
    case.fails(),
    case.fails(nodeConfig={"serviceAccount": ""}),
    case.fails(nodeConfig={"serviceAccount": "1234-compute@developer.gserviceaccount.com"}),
    case.fails(nodePools=[{"nodeConfig": OWN}, {}]),
    case.fails(nodePools=[], removeDefaultNodePool=False),
    case.fails(nodePools=[case.UNKNOWN, {}]),
    case.fails(nodeConfig=OWN, clusterAutoscaling={"enabled": True}),
    case.fails(enableAutopilot=True),
    case.fails(enableAutopilot=True, nodeConfig=OWN),
    case.undecided(removeDefaultNodePool=case.UNKNOWN),
    case.undecided(nodePools=case.UNKNOWN, removeDefaultNodePool=True),
    case.undecided(nodeConfig=OWN, clusterAutoscaling=case.UNKNOWN),
    case.undecided(enableAutopilot=case.UNKNOWN),
    case.passes(case.resource(CONTAINER_NODE_POOL, nodeConfig=OWN)),
    case.fails(case.resource(CONTAINER_NODE_POOL)),
    case.fails(
        case.resource(
            CONTAINER_NODE_POOL,
            nodeConfig={
                "serviceAccount": case.concat(
                    case.UNKNOWN, "-compute@developer.gserviceaccount.com"
                )
            },
        )
    ),
]
