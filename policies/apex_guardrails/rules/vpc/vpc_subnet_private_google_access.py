"""Subnets have Private Google Access."""

from collections.abc import Iterator

from apex_guardrails.gcp.subnets import may_have_machines, require_machines
from apex_guardrails.gcp.types import COMPUTE_SUBNETWORK
from apex_guardrails.model import Resource, Violation, case, rule, sets


@rule(
    severity="medium",
    on=COMPUTE_SUBNETWORK,
    controls=["checkov:CKV_GCP_74", "trivy:GCP-0075"],
    when=may_have_machines,
    fix="Set private_ip_google_access=True.",
    remedy=sets(value=True),
)
def vpc_subnet_private_google_access(subnetwork: Resource) -> Iterator[Violation]:
    """VMs without external addresses cannot reach Google APIs, so someone adds an address."""
    # Omitted: off (Compute Engine API, privateIpGoogleAccess).
    if subnetwork.get("privateIpGoogleAccess", omitted=False) is not True:
        require_machines(subnetwork)
        yield subnetwork.fail("has no Private Google Access", at="privateIpGoogleAccess")


CASES = [
    case.passes(privateIpGoogleAccess=True),
    case.not_applicable(purpose="REGIONAL_MANAGED_PROXY"),
    case.not_applicable(purpose="GLOBAL_MANAGED_PROXY"),
    case.not_applicable(purpose="PRIVATE_SERVICE_CONNECT"),
    case.not_applicable(purpose="INTERNAL_HTTPS_LOAD_BALANCER"),
    case.not_applicable(purpose="PRIVATE_NAT"),
    case.not_applicable(purpose="PEER_MIGRATION"),
    case.passes(purpose=case.UNKNOWN, privateIpGoogleAccess=True),
    case.fails(purpose="PRIVATE"),
    case.fails(privateIpGoogleAccess=False),
    case.fails(),
    case.undecided(privateIpGoogleAccess=case.UNKNOWN),
    case.undecided(purpose=case.UNKNOWN),
]
