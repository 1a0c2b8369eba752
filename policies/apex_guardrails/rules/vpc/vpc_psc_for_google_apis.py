"""Google APIs are reached through a Private Service Connect endpoint."""

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field

from apex_guardrails.gcp.references import names_resource
from apex_guardrails.gcp.types import COMPUTE_GLOBAL_FORWARDING_RULE, COMPUTE_NETWORK
from apex_guardrails.model import Looser, Parameters, Stack, Violation, case, rule

# The bundles of Google APIs (Private Service Connect documentation, 2026-11).
BUNDLES = ("all-apis", "vpc-sc")


class Isolated(Parameters):
    """Networks that reach Google in no other way."""

    networks: Annotated[tuple[str, ...], Looser.MORE] = Field(
        (), description="The networks, by their names in the program; all where none is given."
    )


@rule(
    severity="low",
    on=(COMPUTE_NETWORK, COMPUTE_GLOBAL_FORWARDING_RULE),
    scope="stack",
    controls=["cis-gcp-5.0:3.9"],
    fix='Create compute.GlobalForwardingRule(target="vpc-sc", load_balancing_scheme="").',
    parameters=Isolated,
    # Private Google Access does for most; who has declared perimeters switches it on.
    level="disabled",
)
def vpc_psc_for_google_apis(stack: Stack, settings: Isolated) -> Iterator[Violation]:
    """Otherwise calls go through the APIs' public front end."""
    endpoints = [
        given
        for given in stack.of_type(COMPUTE_GLOBAL_FORWARDING_RULE)
        if given.peek("target") in BUNDLES
    ]
    for network in stack.of_type(COMPUTE_NETWORK):
        if settings.networks and network.name not in settings.networks:
            continue
        if not any(names_resource(endpoint, "network", network) for endpoint in endpoints):
            yield network.fail("has no endpoint for Google APIs")


VPC = case.resource(COMPUTE_NETWORK, "vpc", name="vpc")
CASES = [
    case.passes(
        VPC,
        case.resource(
            COMPUTE_GLOBAL_FORWARDING_RULE, target="vpc-sc", network=case.output_of("vpc")
        ),
    ),
    case.passes(
        VPC, case.resource(COMPUTE_GLOBAL_FORWARDING_RULE, target="all-apis", network="vpc")
    ),
    case.passes(VPC, _parameters={"networks": ["another"]}),
    case.passes(_outputs={}),
    case.fails(VPC),
    case.fails(VPC, _parameters={"networks": ["vpc"]}),
    case.fails(
        VPC, case.resource(COMPUTE_GLOBAL_FORWARDING_RULE, target="vpc-sc", network="another")
    ),
    case.fails(
        VPC,
        case.resource(
            COMPUTE_GLOBAL_FORWARDING_RULE, target="proxy", network=case.output_of("vpc")
        ),
    ),
    case.fails(
        VPC, case.resource(COMPUTE_GLOBAL_FORWARDING_RULE, target=case.UNKNOWN, network="vpc")
    ),
    case.fails(VPC, case.resource(COMPUTE_GLOBAL_FORWARDING_RULE, network="vpc")),
]
