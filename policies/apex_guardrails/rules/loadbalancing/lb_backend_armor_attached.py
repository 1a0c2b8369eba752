"""External backend services have a Cloud Armor policy."""

from collections.abc import Iterator

from apex_guardrails.gcp.load_balancers import is_external
from apex_guardrails.gcp.types import COMPUTE_BACKEND_SERVICE, COMPUTE_REGION_BACKEND_SERVICE
from apex_guardrails.model import Resource, Violation, case, rule


@rule(
    severity="high",
    on=(COMPUTE_BACKEND_SERVICE, COMPUTE_REGION_BACKEND_SERVICE),
    when=is_external,
    fix="Set security_policy=policy.id.",
    level="advisory",
)
def lb_backend_armor_attached(backend: Resource) -> Iterator[Violation]:
    """Floods and exploit traffic reach the service unfiltered."""
    if backend.type.token == COMPUTE_REGION_BACKEND_SERVICE:
        # What passes packets on is filtered by a policy of the region's edge.
        is_filtered = backend.peek("loadBalancingScheme") == "EXTERNAL"
    else:
        # An edge policy filters before the cache, and is one, too.
        is_filtered = backend.is_set("edgeSecurityPolicy")
    if not is_filtered and not backend.is_set("securityPolicy"):
        yield backend.fail("is public without a Cloud Armor policy", at="securityPolicy")


CASES = [
    case.passes(securityPolicy=case.UNKNOWN),
    case.passes(edgeSecurityPolicy="edge"),
    case.not_applicable(loadBalancingScheme="INTERNAL_MANAGED"),
    case.fails(loadBalancingScheme="EXTERNAL_MANAGED"),
    case.fails(loadBalancingScheme="EXTERNAL", securityPolicy=""),
    case.fails(),
    case.undecided(loadBalancingScheme=case.UNKNOWN),
    case.fails(
        case.resource(COMPUTE_REGION_BACKEND_SERVICE, loadBalancingScheme="EXTERNAL_MANAGED")
    ),
    case.passes(
        case.resource(
            COMPUTE_REGION_BACKEND_SERVICE,
            loadBalancingScheme="EXTERNAL_MANAGED",
            securityPolicy="p",
        )
    ),
    case.passes(case.resource(COMPUTE_REGION_BACKEND_SERVICE, loadBalancingScheme="EXTERNAL")),
    case.not_applicable(case.resource(COMPUTE_REGION_BACKEND_SERVICE)),
]
