"""The range reserved for Redis overlaps no other range of the network."""

from collections.abc import Iterator

from apex_guardrails.gcp.address_ranges import find_overlaps, make_example, overlap_cases
from apex_guardrails.gcp.types import COMPUTE_SUBNETWORK, REDIS_INSTANCE, VPCACCESS_CONNECTOR
from apex_guardrails.model import Stack, Violation, case, rule


@rule(
    severity="medium",
    on=(REDIS_INSTANCE, COMPUTE_SUBNETWORK, VPCACCESS_CONNECTOR),
    scope="stack",
    fix="Use the name of an allocated range, or leave reserved_ip_range out.",
    # Google refuses it, so that the deployment would stop half way.
    level="mandatory",
)
def redis_reserved_range_not_overlapping(stack: Stack) -> Iterator[Violation]:
    """With an overlap, the creation fails or routing breaks."""
    yield from find_overlaps(
        stack, REDIS_INSTANCE, REDIS_INSTANCE, COMPUTE_SUBNETWORK, VPCACCESS_CONNECTOR
    )


CASES = [
    *overlap_cases(REDIS_INSTANCE, REDIS_INSTANCE, COMPUTE_SUBNETWORK, VPCACCESS_CONNECTOR),
    # The name of a range that is reserved elsewhere.
    case.passes(
        make_example(REDIS_INSTANCE, "google-managed-services"),
        make_example(COMPUTE_SUBNETWORK, "10.0.0.0/24", "other"),
    ),
]
