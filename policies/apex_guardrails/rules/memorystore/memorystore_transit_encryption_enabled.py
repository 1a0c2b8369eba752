"""Memorystore for Valkey encrypts traffic."""

from collections.abc import Iterator

from apex_guardrails.gcp.types import MEMORYSTORE_INSTANCE
from apex_guardrails.model import Resource, Violation, case, rule


@rule(
    severity="high",
    on=MEMORYSTORE_INSTANCE,
    fix='Set transit_encryption_mode="SERVER_AUTHENTICATION"; it cannot be changed later.',
)
def memorystore_transit_encryption_enabled(instance: Resource) -> Iterator[Violation]:
    """Data and tokens are sent unencrypted."""
    # Omitted: no encryption (Memorystore API, transitEncryptionMode).
    if (
        instance.get("transitEncryptionMode", omitted="TRANSIT_ENCRYPTION_DISABLED")
        != "SERVER_AUTHENTICATION"
    ):
        yield instance.fail("accepts unencrypted connections", at="transitEncryptionMode")


CASES = [
    case.passes(transitEncryptionMode="SERVER_AUTHENTICATION"),
    case.fails(transitEncryptionMode="TRANSIT_ENCRYPTION_DISABLED"),
    case.fails(),
    case.undecided(transitEncryptionMode=case.UNKNOWN),
]
