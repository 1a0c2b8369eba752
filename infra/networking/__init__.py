"""The private network: addresses, ways out, names, and what may pass."""

from infra.networking.firewall import INTERNET_TAG
from infra.networking.network import Network, NetworkArgs

__all__ = ["INTERNET_TAG", "Network", "NetworkArgs"]
