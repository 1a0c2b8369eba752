"""GKE clusters run images alone that Binary Authorization admits."""

from collections.abc import Iterator

from apex_guardrails.gcp.types import CONTAINER_CLUSTER
from apex_guardrails.model import Resource, Violation, case, rule

MODE = "binaryAuthorization.evaluationMode"
# What provider versions before 4.31 called it; it is still accepted.
OLDER = "binaryAuthorization.enabled"


@rule(
    severity="medium",
    on=CONTAINER_CLUSTER,
    controls=["checkov:CKV_GCP_66"],
    fix='Set binary_authorization.evaluation_mode="PROJECT_SINGLETON_POLICY_ENFORCE".',
    opt_in=True,
)
def gke_binary_authorization(cluster: Resource) -> Iterator[Violation]:
    """An image that nobody built or checked runs as any other."""
    # Omitted: disabled (GKE API, BinaryAuthorization, 2026-11).
    mode = cluster.get(MODE, omitted="DISABLED")
    is_off = mode in ("DISABLED", "EVALUATION_MODE_UNSPECIFIED")
    if is_off and cluster.get(OLDER, omitted=False) is not True:
        yield cluster.fail("does not enforce Binary Authorization", at=MODE)


CASES = [
    case.passes(binaryAuthorization={"evaluationMode": "PROJECT_SINGLETON_POLICY_ENFORCE"}),
    case.passes(binaryAuthorization={"enabled": True}),
    case.fails(),
    case.fails(binaryAuthorization={"enabled": False}),
    case.fails(binaryAuthorization={"evaluationMode": "DISABLED"}),
    case.fails(binaryAuthorization={"evaluationMode": "EVALUATION_MODE_UNSPECIFIED"}),
    case.undecided(binaryAuthorization={"evaluationMode": case.UNKNOWN}),
    case.undecided(binaryAuthorization={"enabled": case.UNKNOWN}),
]
