"""GKE control planes are in a region, not in one of its zones."""

import re
from collections.abc import Iterator

from apex_guardrails.gcp.types import CONTAINER_CLUSTER
from apex_guardrails.model import Resource, Violation, case, rule

ZONE = re.compile(r".+-[a-z]+[0-9]+-[a-z]")


@rule(
    severity="low",
    on=CONTAINER_CLUSTER,
    fix="Set location to the region. The cluster is replaced, and has nodes in three zones.",
    opt_in=True,
)
def gke_regional(cluster: Resource) -> Iterator[Violation]:
    """While the zone is down, or the control plane upgraded, nothing can be deployed."""
    # Omitted: the provider's zone, which the stack's config says.
    if ZONE.fullmatch(str(cluster.get("location"))):
        yield cluster.fail("has its control plane in one zone", at="location")


CASES = [
    case.passes(location="europe-west10"),
    case.passes(location="us-central1"),
    case.passes(),
    case.fails(location="us-central1-a"),
    case.fails(location="northamerica-northeast1-b"),
    case.undecided(location=case.UNKNOWN),
]
