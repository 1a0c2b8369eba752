"""What may talk to what in a stack, and what is public, from its resources alone."""

from policies.network.analysis import network_of
from policies.network.document import (
    Access,
    FirewallRule,
    NetworkDocument,
    NetworkEdge,
    NetworkNode,
    NodeKind,
)

__all__ = [
    "Access",
    "FirewallRule",
    "NetworkDocument",
    "NetworkEdge",
    "NetworkNode",
    "NodeKind",
    "network_of",
]
