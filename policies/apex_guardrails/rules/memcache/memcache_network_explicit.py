"""Memorystore for Memcached names a VPC other than default."""

from collections.abc import Iterator

from apex_guardrails.gcp.memorystore import NETWORK, is_on_default_network, network_cases
from apex_guardrails.gcp.types import MEMCACHE_INSTANCE
from apex_guardrails.model import Resource, Violation, rule


@rule(
    severity="high",
    on=MEMCACHE_INSTANCE,
    fix="Set authorized_network.",
)
def memcache_network_explicit(instance: Resource) -> Iterator[Violation]:
    """Otherwise it is in the default network, and Memcached has no authentication at all."""
    if is_on_default_network(instance):
        yield instance.fail("uses the default network", at=NETWORK.path)


CASES = network_cases()
