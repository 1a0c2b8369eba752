"""External backend services have a Cloud Armor policy."""

from collections.abc import Iterator

from policies.model import Complaint, Resource, case, rule
from policies.model.google.load_balancers import is_external


@rule(
    severity="high",
    on="gcp:compute/backendService:BackendService",
    when=is_external,
    fix="Set security_policy=policy.id.",
    level="advisory",
)
def lb_backend_armor_attached(backend: Resource) -> Iterator[Complaint]:
    """Floods and exploit traffic reach the service unfiltered."""
    # An edge policy filters before the cache, and is one, too.
    if not backend.is_set("securityPolicy") and not backend.is_set("edgeSecurityPolicy"):
        yield backend.fail("is public without a Cloud Armor policy", at="securityPolicy")


CASES = [
    case.passes(securityPolicy=case.UNKNOWN),
    case.passes(edgeSecurityPolicy="edge"),
    case.not_applicable(loadBalancingScheme="INTERNAL_MANAGED"),
    case.fails(loadBalancingScheme="EXTERNAL_MANAGED"),
    case.fails(loadBalancingScheme="EXTERNAL", securityPolicy=""),
    case.fails(),
    case.undecided(loadBalancingScheme=case.UNKNOWN),
]
