"""Subnets have VPC flow logs."""

from collections.abc import Iterator

from policies.model import Complaint, Resource, case, rule

PROXY_ONLY = (
    "REGIONAL_MANAGED_PROXY",
    "GLOBAL_MANAGED_PROXY",
    "PRIVATE_SERVICE_CONNECT",
    "INTERNAL_HTTPS_LOAD_BALANCER",
)


@rule(
    severity="low",
    on="gcp:compute/subnetwork:Subnetwork",
    controls=[
        "cis-gcp-4.0:3.8",
        "cis-gcp-5.0:3.10",
        "pci-dss-4.0:5.3.4",
        "pci-dss-4.0:10.2.1",
        "pci-dss-4.0:10.2.1.1",
        "pci-dss-4.0:10.2.1.2",
        "pci-dss-4.0:10.2.1.3",
        "pci-dss-4.0:10.2.1.4",
        "pci-dss-4.0:10.2.1.5",
        "pci-dss-4.0:10.2.1.6",
        "pci-dss-4.0:10.2.1.7",
        "pci-dss-4.0:10.2.2",
        "pci-dss-4.0:10.3.1",
        "pci-dss-4.0:10.6.3",
        "pci-dss-4.0:A1.2.1",
        "iso-27001:A.8.16",
        "iso-27001:A.8.20",
        "iso-27001:A.8.21",
        "iso-27001:A.8.22",
        "soc2:CC7.2",
        "soc2:CC7.3",
        "soc2:A1.2",
        "soc2:PI1.2",
        "checkov:CKV_GCP_26",
        "trivy:GCP-0029",
        "trivy:GCP-0076",
    ],
    fix="Set log_config={}.",
)
def vpc_subnet_flow_logs(subnetwork: Resource) -> Iterator[Complaint]:
    """Traffic during an incident cannot be reconstructed."""
    # In a subnet for proxies there are no machines.
    if subnetwork.get("purpose", omitted="PRIVATE") in PROXY_ONLY:
        return
    # Omitted: off (Compute Engine API, subnetworks.logConfig). An empty block turns them on.
    if subnetwork.get("logConfig") is None:
        yield subnetwork.fail("has no flow logs", at="logConfig")


CASES = [
    case.passes(logConfig={"flowSampling": 0.5}),
    case.passes(logConfig={}),
    case.passes(purpose="REGIONAL_MANAGED_PROXY"),
    case.passes(purpose="GLOBAL_MANAGED_PROXY"),
    case.passes(purpose="PRIVATE_SERVICE_CONNECT"),
    case.passes(purpose="INTERNAL_HTTPS_LOAD_BALANCER"),
    case.fails(purpose="PRIVATE"),
    case.fails(),
    case.undecided(logConfig=case.UNKNOWN),
    case.undecided(purpose=case.UNKNOWN),
]
