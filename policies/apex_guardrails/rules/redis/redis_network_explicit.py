"""Memorystore for Redis names a VPC other than default."""

from collections.abc import Iterator

from apex_guardrails.gcp.memorystore import NETWORK, is_on_default_network, network_cases
from apex_guardrails.gcp.types import REDIS_INSTANCE
from apex_guardrails.model import Resource, Violation, rule


@rule(
    severity="high",
    on=REDIS_INSTANCE,
    fix="Set authorized_network=network.id.",
)
def redis_network_explicit(instance: Resource) -> Iterator[Violation]:
    """If it is left out, the instance is in the default network."""
    if is_on_default_network(instance):
        yield instance.fail("uses the default network", at=NETWORK.path)


CASES = network_cases()
