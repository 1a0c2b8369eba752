"""GKE control planes do not admit large parts of the internet."""

from collections.abc import Iterator

from apex_guardrails.gcp.admitted import admitted
from apex_guardrails.gcp.clusters import AUTHORIZED, has_public_address
from apex_guardrails.gcp.public_space import WideRanges
from apex_guardrails.gcp.types import CONTAINER_CLUSTER
from apex_guardrails.model import Resource, Violation, case, rule

NETWORKS = f"{AUTHORIZED}.cidrBlocks"


@rule(
    severity="critical",
    on=CONTAINER_CLUSTER,
    controls=["checkov:CKV_GCP_18", "trivy:GCP-0053"],
    fix="Remove such ranges from master_authorized_networks_config.cidr_blocks.",
    parameters=WideRanges,
)
def gke_authorized_networks_not_open(cluster: Resource, limits: WideRanges) -> Iterator[Violation]:
    """A leaked credential, or the next hole in the API server, is then enough to take it over."""
    # Omitted: an empty list admits the cluster's own nodes alone.
    whom = admitted(cluster, NETWORKS, limits, member="cidrBlock")
    if whom.is_certainly_not_public or not has_public_address(cluster):
        return
    whom.require()
    yield cluster.fail(f"lets {whom.share} reach its control plane", at=whom.at)


def _listed(*ranges: object) -> dict[str, object]:
    return {"cidrBlocks": [{"cidrBlock": given} for given in ranges]}


OPEN = _listed("0.0.0.0/0")
PRIVATE = {"enablePrivateEndpoint": True}
CASES = [
    case.passes(masterAuthorizedNetworksConfig=_listed("203.0.113.0/29", "10.0.0.0/8")),
    case.passes(masterAuthorizedNetworksConfig={}),
    case.passes(),
    case.fails(masterAuthorizedNetworksConfig=OPEN),
    case.fails(masterAuthorizedNetworksConfig=_listed("10.0.0.0/8", "::/0")),
    case.fails(masterAuthorizedNetworksConfig=_listed(case.UNKNOWN, "0.0.0.0/1", "128.0.0.0/1")),
    case.passes(
        masterAuthorizedNetworksConfig=_listed("64.0.0.0/2"), _parameters={"widest_ipv4": 2}
    ),
    case.passes(masterAuthorizedNetworksConfig=OPEN, privateClusterConfig=PRIVATE),
    case.passes(masterAuthorizedNetworksConfig=_listed(case.UNKNOWN), privateClusterConfig=PRIVATE),
    case.passes(
        masterAuthorizedNetworksConfig=OPEN,
        privateClusterConfig=case.UNKNOWN,
        controlPlaneEndpointsConfig={"ipEndpointsConfig": {"enabled": False}},
    ),
    case.fails(
        masterAuthorizedNetworksConfig=OPEN,
        privateClusterConfig={"enablePrivateEndpoint": False},
        controlPlaneEndpointsConfig={"ipEndpointsConfig": {"enabled": True}},
    ),
    case.undecided(masterAuthorizedNetworksConfig=_listed(case.UNKNOWN)),
    case.undecided(masterAuthorizedNetworksConfig=OPEN, privateClusterConfig=case.UNKNOWN),
    case.undecided(masterAuthorizedNetworksConfig=OPEN, controlPlaneEndpointsConfig=case.UNKNOWN),
]
