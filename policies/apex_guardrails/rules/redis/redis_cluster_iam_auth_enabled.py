"""Redis Cluster requires IAM authentication."""

from collections.abc import Iterator

from apex_guardrails.gcp.types import REDIS_CLUSTER
from apex_guardrails.model import Resource, Violation, case, rule


@rule(
    severity="high",
    on=REDIS_CLUSTER,
    fix='Set authorization_mode="AUTH_MODE_IAM_AUTH".',
)
def redis_cluster_iam_auth_enabled(cluster: Resource) -> Iterator[Violation]:
    """Any host in the network can use the cluster."""
    # Omitted: no authentication (provider default).
    if cluster.get("authorizationMode", omitted="AUTH_MODE_DISABLED") != "AUTH_MODE_IAM_AUTH":
        yield cluster.fail("has no IAM authentication", at="authorizationMode")


CASES = [
    case.passes(authorizationMode="AUTH_MODE_IAM_AUTH"),
    case.fails(authorizationMode="AUTH_MODE_DISABLED"),
    case.fails(),
    case.undecided(authorizationMode=case.UNKNOWN),
]
