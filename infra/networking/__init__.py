"""The private network: addresses, ways out, names, and what may pass."""

from infra.networking.network import Network, NetworkArgs

__all__ = ["Network", "NetworkArgs"]
