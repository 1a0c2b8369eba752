"""Subnets of one network do not overlap."""

from collections.abc import Iterator

from apex_guardrails.gcp.address_ranges import SUBNET, example, overlap_cases, overlapping
from apex_guardrails.model import Stack, Violation, case, rule


@rule(
    severity="medium",
    on=SUBNET,
    scope="stack",
    fix="Choose disjoint ranges.",
    # Google refuses it, so that the deployment would stop half way.
    level="mandatory",
)
def vpc_subnet_ranges_not_overlapping(stack: Stack) -> Iterator[Violation]:
    """The create is refused, or peering fails later."""
    yield from overlapping(stack, SUBNET, SUBNET)


def _pods(*texts: object) -> list[object]:
    return [{"rangeName": f"r{number}", "ipCidrRange": text} for number, text in enumerate(texts)]


CASES = [
    *overlap_cases(SUBNET, SUBNET),
    case.fails(
        example(SUBNET, "10.0.0.0/24"),
        example(
            SUBNET, "10.1.0.0/24", "other", secondaryIpRanges=_pods("10.2.0.0/16", "10.0.0.0/16")
        ),
    ),
    case.fails(example(SUBNET, "10.0.0.0/24", secondaryIpRanges=_pods("10.0.0.0/16"))),
    case.passes(example(SUBNET, "10.0.0.0/24", secondaryIpRanges=_pods("10.1.0.0/16"))),
    case.passes(example(SUBNET, "10.0.0.0/24", secondaryIpRanges=_pods(case.UNKNOWN))),
    # Two projects may each have a network of that name.
    case.passes(
        example(SUBNET, "10.0.0.0/24", project="p"),
        example(SUBNET, "10.0.0.0/24", "other", project="q"),
    ),
    case.passes(
        example(SUBNET, "10.0.0.0/24", project=case.UNKNOWN),
        example(SUBNET, "10.0.0.0/24", "other", project="q"),
    ),
    case.fails(
        example(SUBNET, "10.0.0.0/24", project="p"),
        example(SUBNET, "10.0.0.0/24", "other", project="p"),
    ),
]
