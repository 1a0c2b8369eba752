"""The range of a VPC connector overlaps no other range of the network."""

from collections.abc import Iterator

from apex_guardrails.gcp.address_ranges import find_overlaps, overlap_cases
from apex_guardrails.gcp.types import COMPUTE_SUBNETWORK, VPCACCESS_CONNECTOR
from apex_guardrails.model import Stack, Violation, rule


@rule(
    severity="medium",
    on=(VPCACCESS_CONNECTOR, COMPUTE_SUBNETWORK),
    scope="stack",
    fix="Choose a free /28, or give the connector a subnet.",
    # Google refuses it, so that the deployment would stop half way.
    level="mandatory",
)
def vpcaccess_range_not_overlapping(stack: Stack) -> Iterator[Violation]:
    """With an overlap, the connector cannot be created."""
    yield from find_overlaps(stack, VPCACCESS_CONNECTOR, VPCACCESS_CONNECTOR, COMPUTE_SUBNETWORK)


CASES = list(overlap_cases(VPCACCESS_CONNECTOR, VPCACCESS_CONNECTOR, COMPUTE_SUBNETWORK))
