"""A DNS record: free, as its queries are its zone's; with a routing policy they cost more.

Source: Cloud DNS' price page, 2026-11.
"""

from decimal import Decimal

from apex_guardrails.cost.prices import WORLDWIDE
from apex_guardrails.cost.pricing import Components, Pricing, priced
from apex_guardrails.gcp.types import DNS_RECORD_SET
from apex_guardrails.model import Resource


@priced(DNS_RECORD_SET, prices=("dns.routed.million_queries",), by_use=True)
def record_set(record: Resource, pricing: Pricing) -> Components:
    """Queries that a routing policy answers."""
    if record.is_set("routingPolicy"):
        queries = pricing.assumed("dns_queries") * Decimal("0.000001")
        yield pricing.component(
            "routed queries", "dns.routed.million_queries", queries, region=WORLDWIDE
        )
