"""Subnets: which of them have machines."""

from __future__ import annotations

from policies.model.resource import Resource

_PROXY_ONLY = (
    "REGIONAL_MANAGED_PROXY",
    "GLOBAL_MANAGED_PROXY",
    "PRIVATE_SERVICE_CONNECT",
    "INTERNAL_HTTPS_LOAD_BALANCER",
)


def may_have_machines(subnetwork: Resource) -> bool:
    """Whether a subnet is none for proxies.

    It holds where that is not known, too: the rule has to say so.
    """
    return subnetwork.peek("purpose") not in _PROXY_ONLY
