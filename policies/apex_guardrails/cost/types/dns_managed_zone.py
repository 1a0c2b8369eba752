"""A DNS zone, public or private, and its queries."""

from decimal import Decimal

from apex_guardrails.cost.prices import WORLDWIDE
from apex_guardrails.cost.pricing import Components, Pricing, priced
from apex_guardrails.gcp.types import DNS_MANAGED_ZONE
from apex_guardrails.model import Resource


@priced(DNS_MANAGED_ZONE, prices=("dns.*",))
def managed_zone(_: Resource, pricing: Pricing) -> Components:
    """Its record sets are free."""
    queries = pricing.assumed("dns_queries") * Decimal("0.000001")
    yield pricing.component("zone", "dns.zone_month", 1, region=WORLDWIDE)
    yield pricing.component("queries", "dns.million_queries", queries, region=WORLDWIDE)
