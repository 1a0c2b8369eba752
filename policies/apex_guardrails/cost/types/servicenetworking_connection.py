"""A private services access: what goes through it to other regions.

Source: Virtual Private Cloud's price page, "VM-VM data transfer", 2026-11.
"""

from apex_guardrails.cost.pricing import Components, Pricing, priced
from apex_guardrails.cost.transfer import TRANSFER_PRICES, between_regions
from apex_guardrails.gcp.types import COMPUTE_NETWORK_PEERING, SERVICENETWORKING_CONNECTION
from apex_guardrails.model import Resource


@priced(SERVICENETWORKING_CONNECTION, COMPUTE_NETWORK_PEERING, prices=TRANSFER_PRICES, by_use=True)
def connection(_: Resource, pricing: Pricing) -> Components:
    """Within a zone nothing is billed."""
    yield from between_regions(pricing)
