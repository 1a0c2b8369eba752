"""Subnets: which of them have machines."""

from __future__ import annotations

from policies.model.resource import Resource

_PROXY_ONLY = (
    "REGIONAL_MANAGED_PROXY",
    "GLOBAL_MANAGED_PROXY",
    "PRIVATE_SERVICE_CONNECT",
    "INTERNAL_HTTPS_LOAD_BALANCER",
)


def has_machines(subnetwork: Resource) -> bool:
    """Whether a subnet is none for proxies.

    Raises:
        UndecidedError: its purpose is not known before deployment.
    """
    return subnetwork.get("purpose") not in _PROXY_ONLY
