"""GKE clusters enforce network policies."""

from collections.abc import Iterator

from apex_guardrails.gcp.clusters import is_standard
from apex_guardrails.gcp.types import CONTAINER_CLUSTER
from apex_guardrails.model import Resource, Violation, case, rule

DATAPATH = "datapathProvider"
CALICO = "networkPolicy.enabled"


@rule(
    severity="medium",
    on=CONTAINER_CLUSTER,
    # Autopilot has Dataplane V2.
    when=is_standard,
    controls=["checkov:CKV_GCP_12", "trivy:GCP-0056"],
    fix='Set datapath_provider="ADVANCED_DATAPATH"; of a cluster that must not be replaced, '
    "network_policy.enabled=True.",
)
def gke_network_policy(cluster: Resource) -> Iterator[Violation]:
    """Without enforcement, every pod reaches every other one, whatever the policies say."""
    # Omitted: the older data path, which enforces nothing (GKE API, 2026-11).
    if cluster.peek(DATAPATH) == "ADVANCED_DATAPATH":
        return
    if cluster.get(CALICO, omitted=False) is not True:
        cluster.get(DATAPATH)
        yield cluster.fail("does not enforce network policies", at=DATAPATH)


CASES = [
    case.passes(datapathProvider="ADVANCED_DATAPATH"),
    case.passes(datapathProvider="ADVANCED_DATAPATH", networkPolicy=case.UNKNOWN),
    case.passes(networkPolicy={"enabled": True}, datapathProvider=case.UNKNOWN),
    case.fails(),
    case.fails(networkPolicy={"enabled": False}, datapathProvider="LEGACY_DATAPATH"),
    case.undecided(datapathProvider=case.UNKNOWN),
    case.undecided(networkPolicy=case.UNKNOWN),
    case.undecided(enableAutopilot=case.UNKNOWN),
    case.not_applicable(enableAutopilot=True),
]
