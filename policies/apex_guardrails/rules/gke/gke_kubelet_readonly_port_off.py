"""GKE nodes do not serve the kubelet's read-only port."""

from collections.abc import Iterator

from apex_guardrails.gcp.clusters import NODES, WITH_NODES
from apex_guardrails.gcp.types import CONTAINER_CLUSTER, CONTAINER_NODE_POOL
from apex_guardrails.model import Resource, Violation, case, rule

PORT = "insecureKubeletReadonlyPortEnabled"
OF_NODES = f"{NODES}.kubeletConfig.{PORT}"
PLACES = {
    CONTAINER_NODE_POOL: (OF_NODES,),
    CONTAINER_CLUSTER: (
        OF_NODES,
        f"nodePoolDefaults.nodeConfigDefaults.{PORT}",
        # Of Autopilot, and of pools that GKE adds.
        f"nodePoolAutoConfig.nodeKubeletConfig.{PORT}",
    ),
}


@rule(
    severity="medium",
    on=WITH_NODES,
    fix='Set insecure_kubelet_readonly_port_enabled="FALSE"; what reads metrics there can use port '
    "10250, and sign in.",
)
def gke_kubelet_readonly_port_off(resource: Resource) -> Iterator[Violation]:
    """Everybody in the network reads there which pods a node runs, without signing in."""
    for path in PLACES[resource.type.token]:
        # Omitted: what GKE's version has.
        if str(resource.get(path)).upper() == "TRUE":
            yield resource.fail("opens the kubelet's read-only port", at=path)


CASES = [
    case.passes(),
    *(
        expected(**case.inputs_at(path, value))
        for path in PLACES[CONTAINER_CLUSTER]
        for expected, value in (
            (case.passes, "FALSE"),
            (case.fails, "TRUE"),
            (case.undecided, case.UNKNOWN),
        )
    ),
    case.passes(case.resource(CONTAINER_NODE_POOL)),
    case.passes(case.resource(CONTAINER_NODE_POOL, **case.inputs_at(OF_NODES, "FALSE"))),
    case.fails(case.resource(CONTAINER_NODE_POOL, **case.inputs_at(OF_NODES, "true"))),
    case.undecided(case.resource(CONTAINER_NODE_POOL, **case.inputs_at(OF_NODES, case.UNKNOWN))),
]
