"""Redis Cluster encrypts traffic."""

from collections.abc import Iterator

from apex_guardrails.gcp.types import REDIS_CLUSTER
from apex_guardrails.model import Resource, Violation, case, rule


@rule(
    severity="high",
    on=REDIS_CLUSTER,
    fix='Set transit_encryption_mode="TRANSIT_ENCRYPTION_MODE_SERVER_AUTHENTICATION".',
)
def redis_cluster_transit_encryption_enabled(cluster: Resource) -> Iterator[Violation]:
    """Anyone on the network path can read data and tokens."""
    # Omitted: no encryption (provider default).
    if (
        cluster.get("transitEncryptionMode", omitted="TRANSIT_ENCRYPTION_MODE_DISABLED")
        != "TRANSIT_ENCRYPTION_MODE_SERVER_AUTHENTICATION"
    ):
        yield cluster.fail("accepts unencrypted connections", at="transitEncryptionMode")


CASES = [
    case.passes(transitEncryptionMode="TRANSIT_ENCRYPTION_MODE_SERVER_AUTHENTICATION"),
    case.fails(transitEncryptionMode="TRANSIT_ENCRYPTION_MODE_DISABLED"),
    case.fails(),
    case.undecided(transitEncryptionMode=case.UNKNOWN),
]
