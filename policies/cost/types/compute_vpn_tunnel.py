"""A VPN tunnel: its hours."""

from policies.cost.pricing import Components, Pricing, priced
from policies.cost.usage import HOURS_PER_MONTH
from policies.model import Resource


@priced("gcp:compute/vPNTunnel:VPNTunnel", prices=("vpn.tunnel_hour",))
def tunnel(_: Resource, pricing: Pricing) -> Components:
    """It costs the same whether anything passes through it."""
    yield pricing.component("tunnel", "vpn.tunnel_hour", HOURS_PER_MONTH)
