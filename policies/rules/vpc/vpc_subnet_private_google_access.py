"""Subnets have Private Google Access."""

from collections.abc import Iterator

from policies.model import Complaint, Resource, case, rule

PROXY_ONLY = (
    "REGIONAL_MANAGED_PROXY",
    "GLOBAL_MANAGED_PROXY",
    "PRIVATE_SERVICE_CONNECT",
    "INTERNAL_HTTPS_LOAD_BALANCER",
)


@rule(
    severity="medium",
    on="gcp:compute/subnetwork:Subnetwork",
    controls=["checkov:CKV_GCP_74", "trivy:GCP-0075"],
    fix="Set private_ip_google_access=True.",
)
def vpc_subnet_private_google_access(subnetwork: Resource) -> Iterator[Complaint]:
    """VMs without external addresses cannot reach Google APIs, so someone adds an address."""
    # In a subnet for proxies there are no machines.
    if subnetwork.get("purpose", omitted="PRIVATE") in PROXY_ONLY:
        return
    # Omitted: off (Compute Engine API, privateIpGoogleAccess).
    if subnetwork.get("privateIpGoogleAccess", omitted=False) is not True:
        yield subnetwork.fail("has no Private Google Access", at="privateIpGoogleAccess")


CASES = [
    case.passes(privateIpGoogleAccess=True),
    case.passes(purpose="REGIONAL_MANAGED_PROXY"),
    case.passes(purpose="GLOBAL_MANAGED_PROXY"),
    case.passes(purpose="PRIVATE_SERVICE_CONNECT"),
    case.passes(purpose="INTERNAL_HTTPS_LOAD_BALANCER"),
    case.fails(purpose="PRIVATE"),
    case.fails(privateIpGoogleAccess=False),
    case.fails(),
    case.undecided(privateIpGoogleAccess=case.UNKNOWN),
    case.undecided(purpose=case.UNKNOWN),
]
