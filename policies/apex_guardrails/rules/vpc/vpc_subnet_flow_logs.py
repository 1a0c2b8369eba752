"""Subnets have VPC flow logs."""

from collections.abc import Iterator

from apex_guardrails.gcp.subnets import may_have_machines, require_machines
from apex_guardrails.gcp.types import COMPUTE_SUBNETWORK
from apex_guardrails.model import Resource, Violation, case, rule, sets


@rule(
    severity="low",
    on=COMPUTE_SUBNETWORK,
    controls=["cis-gcp-4.0:3.8", "checkov:CKV_GCP_26", "trivy:GCP-0029", "trivy:GCP-0076"],
    when=may_have_machines,
    fix="Set log_config={}.",
    remedy=sets({}),
)
def vpc_subnet_flow_logs(subnetwork: Resource) -> Iterator[Violation]:
    """Traffic during an incident cannot be reconstructed."""
    # Omitted: off (Compute Engine API, subnetworks.logConfig). An empty block turns them on.
    if subnetwork.get("logConfig") is None:
        require_machines(subnetwork)
        yield subnetwork.fail("has no flow logs", at="logConfig")


CASES = [
    case.passes(logConfig={"flowSampling": 0.5}),
    case.passes(logConfig={}),
    case.not_applicable(purpose="REGIONAL_MANAGED_PROXY"),
    case.not_applicable(purpose="GLOBAL_MANAGED_PROXY"),
    case.not_applicable(purpose="PRIVATE_SERVICE_CONNECT"),
    case.not_applicable(purpose="INTERNAL_HTTPS_LOAD_BALANCER"),
    case.not_applicable(purpose="PRIVATE_NAT"),
    case.not_applicable(purpose="PEER_MIGRATION"),
    case.passes(purpose=case.UNKNOWN, logConfig={}),
    case.fails(purpose="PRIVATE"),
    case.fails(),
    case.undecided(logConfig=case.UNKNOWN),
    case.undecided(purpose=case.UNKNOWN),
]
