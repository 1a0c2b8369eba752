"""VPN gateways: free themselves; what they send is billed, by where it goes.

Source: Cloud VPN's price page, "Data transfer", 2026-11.
"""

from __future__ import annotations

from typing import Final

from apex_guardrails.cost.prices import WORLDWIDE
from apex_guardrails.cost.pricing import Components, Pricing, priced
from apex_guardrails.cost.transfer import (
    INTERNET_PRICES,
    TRANSFER_PRICES,
    between_regions,
    to_the_internet,
)
from apex_guardrails.gcp.types import (
    COMPUTE_HA_VPN_GATEWAY,
    COMPUTE_VPN_GATEWAY,
    COMPUTE_VPN_TUNNEL,
)
from apex_guardrails.model import Resource

_EXTERNAL: Final = "gcp:compute/externalVpnGateway:ExternalVpnGateway"
_TO_GOOGLE: Final = "peerGcpGateway"


@priced(
    COMPUTE_HA_VPN_GATEWAY,
    COMPUTE_VPN_GATEWAY,
    prices=(*INTERNET_PRICES, *TRANSFER_PRICES),
    by_use=True,
)
def gateway(resource: Resource, pricing: Pricing) -> Components:
    """What its tunnels send to Google Cloud's other networks, or to a peer on the internet.

    Where the peer is a gateway of the stack, what goes there is counted at that one.
    """
    tunnels = [
        user for user in pricing.index.users(resource) if user.type.token == COMPUTE_VPN_TUNNEL
    ]
    if any(tunnel.is_set(_TO_GOOGLE) for tunnel in tunnels) or not tunnels:
        yield from between_regions(pricing)
    if any(_leads_out(tunnel) for tunnel in tunnels):
        yield from to_the_internet(pricing, WORLDWIDE, usage="vpn_gib")


def _leads_out(tunnel: Resource) -> bool:
    return not tunnel.is_set(_TO_GOOGLE) and not tunnel.refers_to("peerExternalGateway", _EXTERNAL)


@priced(_EXTERNAL, prices=INTERNET_PRICES, by_use=True)
def external_gateway(_: Resource, pricing: Pricing) -> Components:
    """What is sent to it, through the internet."""
    yield from to_the_internet(pricing, WORLDWIDE, usage="vpn_gib")
