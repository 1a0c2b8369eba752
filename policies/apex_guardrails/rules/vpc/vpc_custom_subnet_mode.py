"""VPC networks are in custom subnet mode."""

from collections.abc import Iterator

from apex_guardrails.gcp.types import COMPUTE_NETWORK
from apex_guardrails.model import Resource, Violation, case, rule


@rule(
    severity="medium",
    on=COMPUTE_NETWORK,
    controls=["cis-gcp-4.0:3.2", "checkov:CKV2_GCP_2"],
    fix="Set auto_create_subnetworks=False.",
)
def vpc_custom_subnet_mode(network: Resource) -> Iterator[Violation]:
    """Auto mode creates a subnet in every region with overlapping ranges."""
    # Omitted: Google makes a subnet in each region: the provider's default.
    if network.get("autoCreateSubnetworks", omitted=True) is not False:
        yield network.fail("creates a subnet in every region", at="autoCreateSubnetworks")


CASES = [
    case.passes(autoCreateSubnetworks=False),
    case.fails(autoCreateSubnetworks=True),
    case.fails(),
    case.undecided(autoCreateSubnetworks=case.UNKNOWN),
]
