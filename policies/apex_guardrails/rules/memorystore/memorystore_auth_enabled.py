"""Memorystore for Valkey requires IAM (or token) authentication."""

from collections.abc import Iterator

from apex_guardrails.gcp.types import MEMORYSTORE_INSTANCE
from apex_guardrails.model import Resource, Violation, case, rule


@rule(
    severity="high",
    on=MEMORYSTORE_INSTANCE,
    fix='Set authorization_mode="IAM_AUTH"; it cannot be changed later.',
)
def memorystore_auth_enabled(instance: Resource) -> Iterator[Violation]:
    """Any workload in the network can use the instance."""
    # Omitted: no authentication (Memorystore API, authorizationMode).
    if instance.get("authorizationMode", omitted="AUTH_DISABLED") not in ("IAM_AUTH", "TOKEN_AUTH"):
        yield instance.fail("has no authentication", at="authorizationMode")


CASES = [
    case.passes(authorizationMode="IAM_AUTH"),
    case.passes(authorizationMode="TOKEN_AUTH"),
    case.fails(authorizationMode="AUTH_DISABLED"),
    case.fails(),
    case.undecided(authorizationMode=case.UNKNOWN),
]
