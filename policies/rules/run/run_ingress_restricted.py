"""Cloud Run ingress is internal or load-balancer only."""

from collections.abc import Iterator

from policies.model import Complaint, Resource, case, rule
from policies.model.google.run import open_path

V1 = "gcp:cloudrun/service:Service"
V2 = "gcp:cloudrunv2/service:Service"


@rule(
    severity="high",
    on=(V2, V1),
    fix='Set ingress="INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER".',
    level="advisory",
)
def run_ingress_restricted(service: Resource) -> Iterator[Complaint]:
    """The run.app address bypasses the load balancer, Cloud Armor and IAP."""
    path = open_path(service)
    if path:
        yield service.fail("can be called from the internet", at=path)


NO_URL = "run.googleapis.com/default-url-disabled"
CASES = [
    case.passes(defaultUriDisabled=True),
    case.fails(defaultUriDisabled=False),
    case.undecided(defaultUriDisabled=case.UNKNOWN),
    case.passes(case.resource(V1, metadata={"annotations": {NO_URL: "true"}})),
    case.undecided(case.resource(V1, metadata={"annotations": {NO_URL: case.UNKNOWN}})),
    case.passes(ingress="INGRESS_TRAFFIC_INTERNAL_ONLY"),
    case.passes(ingress="INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER"),
    case.fails(ingress="INGRESS_TRAFFIC_ALL"),
    case.fails(ingress=""),
    case.fails(),
    case.undecided(ingress=case.UNKNOWN),
    case.passes(
        case.resource(V1, metadata={"annotations": {"run.googleapis.com/ingress": "internal"}})
    ),
    case.passes(
        case.resource(
            V1,
            metadata={
                "annotations": {"run.googleapis.com/ingress": "internal-and-cloud-load-balancing"}
            },
        )
    ),
    case.fails(case.resource(V1, metadata={"annotations": {"run.googleapis.com/ingress": "all"}})),
    case.fails(case.resource(V1, metadata={})),
    case.undecided(
        case.resource(V1, metadata={"annotations": {"run.googleapis.com/ingress": case.UNKNOWN}})
    ),
]
