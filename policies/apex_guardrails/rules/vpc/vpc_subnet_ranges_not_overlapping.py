"""Subnets of the same network do not overlap."""

from collections.abc import Iterator

from apex_guardrails.gcp.address_ranges import find_overlaps, make_example, overlap_cases
from apex_guardrails.gcp.types import COMPUTE_SUBNETWORK
from apex_guardrails.model import Stack, Violation, case, rule


@rule(
    severity="medium",
    on=COMPUTE_SUBNETWORK,
    scope="stack",
    fix="Choose disjoint ranges.",
    # Google refuses it, so that the deployment would stop half way.
    level="mandatory",
)
def vpc_subnet_ranges_not_overlapping(stack: Stack) -> Iterator[Violation]:
    """Google Cloud refuses an overlapping subnet, or peering fails later."""
    yield from find_overlaps(stack, COMPUTE_SUBNETWORK, COMPUTE_SUBNETWORK)


def _pods(*texts: object) -> list[object]:
    return [{"rangeName": f"r{number}", "ipCidrRange": text} for number, text in enumerate(texts)]


CASES = [
    *overlap_cases(COMPUTE_SUBNETWORK, COMPUTE_SUBNETWORK),
    case.fails(
        make_example(COMPUTE_SUBNETWORK, "10.0.0.0/24"),
        make_example(
            COMPUTE_SUBNETWORK,
            "10.1.0.0/24",
            "other",
            secondaryIpRanges=_pods("10.2.0.0/16", "10.0.0.0/16"),
        ),
    ),
    case.fails(
        make_example(COMPUTE_SUBNETWORK, "10.0.0.0/24", secondaryIpRanges=_pods("10.0.0.0/16"))
    ),
    case.passes(
        make_example(COMPUTE_SUBNETWORK, "10.0.0.0/24", secondaryIpRanges=_pods("10.1.0.0/16"))
    ),
    case.passes(
        make_example(COMPUTE_SUBNETWORK, "10.0.0.0/24", secondaryIpRanges=_pods(case.UNKNOWN))
    ),
    # Two projects may each have a network of that name.
    case.passes(
        make_example(COMPUTE_SUBNETWORK, "10.0.0.0/24", project="p"),
        make_example(COMPUTE_SUBNETWORK, "10.0.0.0/24", "other", project="q"),
    ),
    case.passes(
        make_example(COMPUTE_SUBNETWORK, "10.0.0.0/24", project=case.UNKNOWN),
        make_example(COMPUTE_SUBNETWORK, "10.0.0.0/24", "other", project="q"),
    ),
    case.fails(
        make_example(COMPUTE_SUBNETWORK, "10.0.0.0/24", project="p"),
        make_example(COMPUTE_SUBNETWORK, "10.0.0.0/24", "other", project="p"),
    ),
]
