"""GKE control planes with a public address admit listed networks alone."""

from collections.abc import Iterator

from apex_guardrails.gcp.clusters import AUTHORIZED, has_public_address
from apex_guardrails.gcp.types import CONTAINER_CLUSTER
from apex_guardrails.model import Resource, Violation, case, rule


@rule(
    severity="high",
    on=CONTAINER_CLUSTER,
    controls=["checkov:CKV_GCP_20", "trivy:GCP-0061"],
    fix="Set master_authorized_networks_config, or close the address: "
    "control_plane_endpoints_config.ip_endpoints_config.enabled=False leaves the DNS endpoint.",
)
def gke_authorized_networks_enabled(cluster: Resource) -> Iterator[Violation]:
    """Without a list the whole internet reaches the API server."""
    # Omitted: everybody is admitted. The block alone is enough: it lists nobody.
    if not cluster.is_set(AUTHORIZED) and has_public_address(cluster):
        yield cluster.fail("lets the whole internet reach its control plane", at=AUTHORIZED)


CASES = [
    case.passes(masterAuthorizedNetworksConfig={"cidrBlocks": [{"cidrBlock": "203.0.113.0/29"}]}),
    case.passes(masterAuthorizedNetworksConfig={}),
    case.passes(masterAuthorizedNetworksConfig=case.UNKNOWN),
    case.passes(privateClusterConfig={"enablePrivateEndpoint": True}),
    case.passes(controlPlaneEndpointsConfig={"ipEndpointsConfig": {"enabled": False}}),
    case.fails(),
    case.fails(enableAutopilot=True),
    case.fails(privateClusterConfig={"enablePrivateEndpoint": False}),
    case.fails(controlPlaneEndpointsConfig={"ipEndpointsConfig": {"enabled": True}}),
    case.undecided(privateClusterConfig={"enablePrivateEndpoint": case.UNKNOWN}),
    case.undecided(controlPlaneEndpointsConfig=case.UNKNOWN),
]
