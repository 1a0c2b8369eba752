"""Memorystore for Redis and for Memcached: what Google takes where an input is left out."""

from apex_guardrails.gcp.inputs import Input
from apex_guardrails.model import case
from apex_guardrails.model.case import Case
from apex_guardrails.model.resource import Resource

NETWORK = Input("authorizedNetwork", omitted="default")
"""Of an instance of either. Omitted: the project's network of that name (the provider's pages of
redis.Instance and memcache.Instance, 2026-11)."""

REDIS_TIER = Input("tier", omitted="BASIC")
"""(The provider's default.)"""

CLUSTER_NODE = Input("nodeType", omitted="REDIS_HIGHMEM_MEDIUM")
"""The type of a cluster's nodes (Memorystore documentation, 2026-11)."""


def is_on_default_network(instance: Resource) -> bool:
    """Whether an instance is on the network `default`.

    A name that is not known is another resource's output, and the default network has none.
    """
    return str(NETWORK.peek(instance)).rpartition("/")[2] in ("", NETWORK.omitted)


def network_cases() -> list[Case]:
    """The cases of a rule that asks for another network than `default`."""
    return [
        case.passes(authorizedNetwork="projects/p/global/networks/vpc"),
        case.passes(authorizedNetwork="not-the-default"),
        case.fails(authorizedNetwork="projects/p/global/networks/default"),
        case.fails(authorizedNetwork="default"),
        case.fails(authorizedNetwork=""),
        case.fails(),
        case.passes(authorizedNetwork=case.UNKNOWN),
        case.passes(case.resource(None, authorizedNetwork="vpc")),
    ]
