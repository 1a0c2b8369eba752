"""Memorystore for Redis uses TLS in transit."""

from collections.abc import Iterator

from apex_guardrails.gcp.types import REDIS_INSTANCE
from apex_guardrails.model import Resource, Violation, case, rule


@rule(
    severity="high",
    on=REDIS_INSTANCE,
    controls=["checkov:CKV_GCP_97"],
    fix='Set transit_encryption_mode="SERVER_AUTHENTICATION".',
)
def redis_transit_encryption_enabled(instance: Resource) -> Iterator[Violation]:
    """The AUTH string and cached data cross the network unencrypted."""
    # Omitted: connections are in plain text (Memorystore for Redis API, transitEncryptionMode).
    if instance.get("transitEncryptionMode", omitted="DISABLED") != "SERVER_AUTHENTICATION":
        yield instance.fail("accepts unencrypted connections", at="transitEncryptionMode")


CASES = [
    case.passes(transitEncryptionMode="SERVER_AUTHENTICATION"),
    case.fails(transitEncryptionMode="DISABLED"),
    case.fails(transitEncryptionMode=""),
    case.fails(),
    case.undecided(transitEncryptionMode=case.UNKNOWN),
]
