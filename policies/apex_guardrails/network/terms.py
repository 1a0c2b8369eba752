"""The words of a network's picture: what a node is, and whom a way lets through."""

from __future__ import annotations

import enum
from typing import Final


class Access(enum.StrEnum):
    """Whom an edge lets through, or how the internet reaches a node."""

    OPEN = "open"
    """Anybody on the internet."""
    GUARDED = "guarded"
    """From the internet, for those whom IAM, a login or a list of addresses admits."""
    UNKNOWN = "unknown"
    """Not known before deployment; it may be open."""
    PRIVATE = "private"
    """Not from the internet."""

    @property
    def rank(self) -> int:
        """0 for what matters most."""
        return _RANKS[self]


_RANKS: Final = {access: rank for rank, access in enumerate(Access)}


class NodeKind(enum.StrEnum):
    """What a node is."""

    INTERNET = "internet"
    RANGE = "range"
    """Addresses that firewall rules or lists of the stack name."""
    ENTRANCE = "entrance"
    """A load balancer."""
    WORKLOAD = "workload"
    NETWORK = "network"
    SUBNETWORK = "subnetwork"
    NAT = "nat"
    DATA = "data service"
