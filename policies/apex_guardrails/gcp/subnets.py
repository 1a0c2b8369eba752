"""Subnets: which of them have machines."""

from __future__ import annotations

from apex_guardrails.model.resource import Resource
from apex_guardrails.model.value import UNKNOWN
from apex_guardrails.model.view import UndecidedError

PURPOSE = "purpose"

WITHOUT_MACHINES = (
    "REGIONAL_MANAGED_PROXY",
    "GLOBAL_MANAGED_PROXY",
    "INTERNAL_HTTPS_LOAD_BALANCER",
    "PRIVATE_SERVICE_CONNECT",
    "PRIVATE_NAT",
    "PEER_MIGRATION",
)
"""Purposes of subnets for proxies, for addresses that traffic is translated to, and of those that
are kept for a peered network: no machine is in them, and what is about machines they cannot have
(VPC documentation, "Subnets", on purposes; Compute Engine API, subnetworks.logConfig; 2026-11).
"""


def may_have_machines(subnetwork: Resource) -> bool:
    """Whether machines are in a subnet, as far as its purpose is known."""
    return subnetwork.peek(PURPOSE) not in WITHOUT_MACHINES


def require_machines(subnetwork: Resource) -> None:
    """Goes on where it is known that machines are in a subnet.

    Raises:
        UndecidedError: its purpose is not known before deployment.
    """
    if subnetwork.peek(PURPOSE) is UNKNOWN:
        raise UndecidedError(PURPOSE)
