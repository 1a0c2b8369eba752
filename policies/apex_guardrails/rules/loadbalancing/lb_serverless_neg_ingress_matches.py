"""Cloud Run services behind a load balancer accept no other internet traffic."""

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
    on=(COMPUTE_REGION_NETWORK_ENDPOINT_GROUP, CLOUDRUNV2_SERVICE, CLOUDRUN_SERVICE),
    scope="stack",
    fix='Set ingress="INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER" on the service.',
)
def lb_serverless_neg_ingress_matches(stack: Stack) -> Iterator[Violation]:
    """The service's own public URL bypasses Cloud Armor."""
    yield from stack.each(behind_load_balancers(stack).values(), _check)


def _check(service: Resource) -> Iterator[Violation]:
    path = open_path(service)
    if path:
        yield service.fail("is behind a load balancer, but can be called without it", at=path)


def _group(service: object) -> case.CaseResource:
    return case.resource(
        COMPUTE_REGION_NETWORK_ENDPOINT_GROUP,
        "group",
        networkEndpointType="SERVERLESS",
        cloudRun=service,
    )


def _v1(ingress: object, no_url: object = None) -> case.CaseResource:
    annotations = {
        INGRESS: ingress,
        DEFAULT_URL_DISABLED: no_url,
    }
    return case.resource(CLOUDRUN_SERVICE, "api", name="api", metadata={"annotations": annotations})


BY_OUTPUT = _group({"service": case.output_of("api")})
BY_NAME = _group({"service": "api"})
OPEN = case.resource(CLOUDRUNV2_SERVICE, "api", name="api")
CLOSED = case.resource(
    CLOUDRUNV2_SERVICE, "api", name="api", ingress="INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER"
)
CASES = [
    case.passes(
        case.resource(CLOUDRUNV2_SERVICE, "api", name="api", defaultUriDisabled=True), BY_OUTPUT
    ),
    case.undecided(
        case.resource(CLOUDRUNV2_SERVICE, "api", defaultUriDisabled=case.UNKNOWN), BY_OUTPUT
    ),
    case.passes(BY_OUTPUT, _v1("all", "true")),
    case.undecided(BY_OUTPUT, _v1("all", case.UNKNOWN)),
    case.passes(CLOSED, BY_OUTPUT),
    case.passes(CLOSED, BY_NAME),
    case.passes(
        case.resource(CLOUDRUNV2_SERVICE, "api", ingress="INGRESS_TRAFFIC_INTERNAL_ONLY"), BY_OUTPUT
    ),
    case.passes(OPEN),
    case.passes(OPEN, _group({"service": "another"})),
    case.passes(case.resource(CLOUDRUNV2_SERVICE, "api", name=""), _group({"service": ""})),
    case.passes(OPEN, _group({"urlMask": "/<service>"})),
    case.passes(
        case.resource(CLOUDRUNV2_SERVICE, "api"),
        case.resource(COMPUTE_REGION_NETWORK_ENDPOINT_GROUP, "group"),
    ),
    case.passes(BY_OUTPUT, _v1("internal-and-cloud-load-balancing")),
    case.passes(BY_OUTPUT, _v1("internal")),
    case.passes(_outputs={}),
    case.fails(OPEN, BY_OUTPUT),
    case.fails(OPEN, BY_NAME),
    case.fails(case.resource(CLOUDRUNV2_SERVICE, "api", ingress="INGRESS_TRAFFIC_ALL"), BY_OUTPUT),
    case.fails(OPEN, _group({"service": "another"}), BY_OUTPUT),
    case.fails(
        case.resource(CLOUDRUNV2_SERVICE, "api", ingress=case.UNKNOWN),
        BY_OUTPUT,
        _v1("all"),
        BY_NAME,
    ),
    case.fails(BY_NAME, _v1("all")),
    case.fails(BY_OUTPUT, case.resource(CLOUDRUN_SERVICE, "api", metadata={})),
    case.undecided(case.resource(CLOUDRUNV2_SERVICE, "api", ingress=case.UNKNOWN), BY_OUTPUT),
    case.undecided(BY_OUTPUT, _v1(case.UNKNOWN)),
]
