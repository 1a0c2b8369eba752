"""A load balancer's backend: what passes through it, and what Cloud CDN serves for it.

Source: Cloud Load Balancing's and Cloud CDN's price pages, 2026-11.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from apex_guardrails.cost.prices import GLOBAL, WORLDWIDE
from apex_guardrails.cost.pricing import Components, Pricing, priced
from apex_guardrails.cost.quantities import is_true
from apex_guardrails.gcp.types import (
    COMPUTE_BACKEND_BUCKET,
    COMPUTE_BACKEND_SERVICE,
    COMPUTE_REGION_BACKEND_BUCKET,
    COMPUTE_REGION_BACKEND_SERVICE,
)
from apex_guardrails.model import Resource

_CDN_PRICES: Final = ("cdn.*",)
_TEN_THOUSAND: Final = Decimal("0.0001")
_GLOBAL: Final = (COMPUTE_BACKEND_SERVICE, COMPUTE_BACKEND_BUCKET)


@priced(
    COMPUTE_BACKEND_SERVICE,
    COMPUTE_REGION_BACKEND_SERVICE,
    COMPUTE_BACKEND_BUCKET,
    COMPUTE_REGION_BACKEND_BUCKET,
    prices=("lb.gib", *_CDN_PRICES),
    by_use=True,
)
def backend(resource: Resource, pricing: Pricing) -> Components:
    """Both ways; what is sent to the internet is counted where it comes from."""
    region = GLOBAL if resource.type.token in _GLOBAL else pricing.region
    gib = pricing.assumed("load_balancer_gib")
    yield pricing.component("data processed", "lb.gib", gib, region=region)
    if is_true(resource, "enableCdn", omitted=False):
        yield from _cached(pricing)


def _cached(pricing: Pricing) -> Components:
    served = pricing.assumed("cdn_gib")
    yield pricing.component("cache data transfer", "cdn.egress.gib", served, region=WORLDWIDE)
    filled = served * pricing.assumed("cdn_miss_share")
    yield pricing.component("cache fill", "cdn.fill.gib", filled, region=WORLDWIDE)
    lookups = pricing.assumed("requests") * _TEN_THOUSAND
    yield pricing.component("lookups", "cdn.lookup_10k", lookups, region=WORLDWIDE)
