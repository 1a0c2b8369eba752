"""GKE control planes have no address on the internet."""

from collections.abc import Iterator

from apex_guardrails.gcp.clusters import PRIVATE_ENDPOINT, has_public_address
from apex_guardrails.gcp.types import CONTAINER_CLUSTER
from apex_guardrails.model import Resource, Violation, case, rule


@rule(
    severity="medium",
    on=CONTAINER_CLUSTER,
    fix="Set control_plane_endpoints_config.ip_endpoints_config.enabled=False and use the DNS "
    "endpoint, where IAM asks who calls; or private_cluster_config.enable_private_endpoint=True.",
)
def gke_private_endpoint(cluster: Resource) -> Iterator[Violation]:
    """Whoever is in a listed network, or gets an entry into the list, can try the API server."""
    if has_public_address(cluster):
        yield cluster.fail("has a control plane with a public address", at=PRIVATE_ENDPOINT.path)


CASES = [
    case.passes(privateClusterConfig={"enablePrivateEndpoint": True}),
    case.passes(controlPlaneEndpointsConfig={"ipEndpointsConfig": {"enabled": False}}),
    case.fails(),
    case.fails(
        privateClusterConfig={"enablePrivateEndpoint": False},
        controlPlaneEndpointsConfig={"ipEndpointsConfig": {"enabled": True}},
    ),
    case.undecided(privateClusterConfig=case.UNKNOWN),
    case.undecided(controlPlaneEndpointsConfig=case.UNKNOWN),
]
