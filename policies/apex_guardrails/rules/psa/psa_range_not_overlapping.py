"""The range that is reserved for managed services overlaps no other of the network."""

from collections.abc import Iterator

from apex_guardrails.gcp.address_ranges import (
    CONNECTOR,
    RESERVED,
    SUBNET,
    example,
    overlap_cases,
    overlapping,
)
from apex_guardrails.model import Stack, Violation, case, rule


@rule(
    severity="medium",
    on=(RESERVED, SUBNET, CONNECTOR),
    scope="stack",
    fix="Choose a free block or leave address empty.",
    # Google refuses it, so that the deployment would stop half way.
    level="mandatory",
)
def psa_range_not_overlapping(stack: Stack) -> Iterator[Violation]:
    """Peering fails or routes collide."""
    yield from overlapping(stack, RESERVED, RESERVED, SUBNET, CONNECTOR)


CASES = [
    *overlap_cases(RESERVED, RESERVED, SUBNET, CONNECTOR),
    case.fails(
        example(RESERVED, "10.0.0.0/16", prefixLength=16.0), example(SUBNET, "10.0.9.0/24", "other")
    ),
    case.passes(
        example(RESERVED, "10.0.0.0/16", address=case.UNKNOWN),
        example(SUBNET, "10.0.9.0/24", "other"),
    ),
    case.passes(
        example(RESERVED, "10.0.0.0/16", prefixLength=case.UNKNOWN),
        example(SUBNET, "10.0.9.0/24", "other"),
    ),
]
