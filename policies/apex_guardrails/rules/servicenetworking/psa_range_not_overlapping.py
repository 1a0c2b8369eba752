"""The range reserved for managed services overlaps no other range of the network."""

from collections.abc import Iterator

from apex_guardrails.gcp.address_ranges import find_overlaps, make_example, overlap_cases
from apex_guardrails.gcp.types import (
    COMPUTE_GLOBAL_ADDRESS,
    COMPUTE_SUBNETWORK,
    VPCACCESS_CONNECTOR,
)
from apex_guardrails.model import Stack, Violation, case, rule


@rule(
    severity="medium",
    on=(COMPUTE_GLOBAL_ADDRESS, COMPUTE_SUBNETWORK, VPCACCESS_CONNECTOR),
    scope="stack",
    fix="Choose a free block or leave address empty.",
    # Google refuses it, so that the deployment would stop half way.
    level="mandatory",
)
def psa_range_not_overlapping(stack: Stack) -> Iterator[Violation]:
    """With an overlap, peering fails or routes collide."""
    yield from find_overlaps(
        stack,
        COMPUTE_GLOBAL_ADDRESS,
        COMPUTE_GLOBAL_ADDRESS,
        COMPUTE_SUBNETWORK,
        VPCACCESS_CONNECTOR,
    )


CASES = [
    *overlap_cases(
        COMPUTE_GLOBAL_ADDRESS, COMPUTE_GLOBAL_ADDRESS, COMPUTE_SUBNETWORK, VPCACCESS_CONNECTOR
    ),
    case.fails(
        make_example(COMPUTE_GLOBAL_ADDRESS, "10.0.0.0/16", prefixLength=16.0),
        make_example(COMPUTE_SUBNETWORK, "10.0.9.0/24", "other"),
    ),
    case.passes(
        make_example(COMPUTE_GLOBAL_ADDRESS, "10.0.0.0/16", address=case.UNKNOWN),
        make_example(COMPUTE_SUBNETWORK, "10.0.9.0/24", "other"),
    ),
    case.passes(
        make_example(COMPUTE_GLOBAL_ADDRESS, "10.0.0.0/16", prefixLength=case.UNKNOWN),
        make_example(COMPUTE_SUBNETWORK, "10.0.9.0/24", "other"),
    ),
]
