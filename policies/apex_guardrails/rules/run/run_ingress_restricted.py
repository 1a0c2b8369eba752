"""Cloud Run ingress is internal or through a load balancer only."""

from collections.abc import Iterator

from apex_guardrails.gcp.run import behind_load_balancers, open_path
from apex_guardrails.gcp.run_annotations import DEFAULT_URL_DISABLED, INGRESS
from apex_guardrails.gcp.types import (
    CLOUDRUN_SERVICE,
    CLOUDRUNV2_SERVICE,
    COMPUTE_REGION_NETWORK_ENDPOINT_GROUP,
)
from apex_guardrails.model import Resource, Stack, Violation, case, rule


@rule(
    severity="high",
    on=(CLOUDRUNV2_SERVICE, CLOUDRUN_SERVICE),
    scope="stack",
    fix='Set ingress="INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER"; of the older cloudrun.Service the '
    "annotation run.googleapis.com/ingress to internal-and-cloud-load-balancing.",
    level="advisory",
)
def run_ingress_restricted(stack: Stack) -> Iterator[Violation]:
    """The run.app address bypasses the load balancer, Cloud Armor and IAP."""
    # Of those that a load balancer of the stack reaches lb-serverless-neg-ingress-matches says it.
    behind = behind_load_balancers(stack)
    others = (
        item
        for item in stack.of_type(CLOUDRUNV2_SERVICE, CLOUDRUN_SERVICE)
        if item.urn not in behind
    )
    yield from stack.each(others, _check)


def _check(service: Resource) -> Iterator[Violation]:
    path = open_path(service)
    if path:
        yield service.fail("can be called from the internet", at=path)


BEHIND = case.resource(
    COMPUTE_REGION_NETWORK_ENDPOINT_GROUP, cloudRun={"service": case.output_of("api")}
)
CASES = [
    case.passes(case.resource(CLOUDRUNV2_SERVICE, "api"), BEHIND),
    case.fails(
        case.resource(CLOUDRUNV2_SERVICE, "api"), case.resource(CLOUDRUNV2_SERVICE, "other"), BEHIND
    ),
    case.passes(_outputs={}),
    case.passes(defaultUriDisabled=True),
    case.fails(defaultUriDisabled=False),
    case.undecided(defaultUriDisabled=case.UNKNOWN),
    case.passes(
        case.resource(CLOUDRUN_SERVICE, metadata={"annotations": {DEFAULT_URL_DISABLED: "true"}})
    ),
    case.undecided(
        case.resource(
            CLOUDRUN_SERVICE, metadata={"annotations": {DEFAULT_URL_DISABLED: case.UNKNOWN}}
        )
    ),
    case.passes(ingress="INGRESS_TRAFFIC_INTERNAL_ONLY"),
    case.passes(ingress="INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER"),
    case.fails(ingress="INGRESS_TRAFFIC_ALL"),
    case.fails(ingress=""),
    case.fails(),
    case.undecided(ingress=case.UNKNOWN),
    case.passes(case.resource(CLOUDRUN_SERVICE, metadata={"annotations": {INGRESS: "internal"}})),
    case.passes(
        case.resource(
            CLOUDRUN_SERVICE,
            metadata={"annotations": {INGRESS: "internal-and-cloud-load-balancing"}},
        )
    ),
    case.fails(case.resource(CLOUDRUN_SERVICE, metadata={"annotations": {INGRESS: "all"}})),
    case.fails(case.resource(CLOUDRUN_SERVICE, metadata={})),
    case.undecided(
        case.resource(CLOUDRUN_SERVICE, metadata={"annotations": {INGRESS: case.UNKNOWN}})
    ),
]
