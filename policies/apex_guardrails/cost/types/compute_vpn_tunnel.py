"""A VPN tunnel: its hours."""

from apex_guardrails.cost.pricing import Components, Pricing, priced
from apex_guardrails.cost.usage import HOURS_PER_MONTH
from apex_guardrails.gcp.types import COMPUTE_VPN_TUNNEL
from apex_guardrails.model import Resource


@priced(COMPUTE_VPN_TUNNEL, prices=("vpn.tunnel_hour",))
def tunnel(_: Resource, pricing: Pricing) -> Components:
    """It costs the same whether anything passes through it."""
    yield pricing.component("tunnel", "vpn.tunnel_hour", HOURS_PER_MONTH)
