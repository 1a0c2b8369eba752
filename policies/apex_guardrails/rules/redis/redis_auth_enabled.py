"""Memorystore for Redis instances require AUTH."""

from collections.abc import Iterator

from apex_guardrails.gcp.types import REDIS_INSTANCE
from apex_guardrails.model import Resource, Violation, case, rule


@rule(
    severity="high",
    on=REDIS_INSTANCE,
    controls=["checkov:CKV_GCP_95"],
    fix="Set auth_enabled=True and deliver auth_string through Secret Manager.",
)
def redis_auth_enabled(instance: Resource) -> Iterator[Violation]:
    """Any workload in the network can read, change or flush the cache."""
    # Omitted: off (Memorystore for Redis API, authEnabled, 2026-11).
    if instance.get("authEnabled", omitted=False) is not True:
        yield instance.fail("does not require AUTH", at="authEnabled")


CASES = [
    case.passes(authEnabled=True),
    case.fails(authEnabled=False),
    case.fails(),
    case.undecided(authEnabled=case.UNKNOWN),
]
