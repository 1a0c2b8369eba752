"""Proxy instances, which internal Application Load Balancers pay for in place of their rules.

Source: Cloud Load Balancing's price page, "Internal Application Load Balancer", 2026-11.
"""

from __future__ import annotations

from typing import Final

from apex_guardrails.cost.amounts import Amounts
from apex_guardrails.cost.prices import WORLDWIDE
from apex_guardrails.cost.pricing import Components, Pricing
from apex_guardrails.cost.usage import HOURS_PER_MONTH
from apex_guardrails.gcp.types import (
    COMPUTE_REGION_TARGET_HTTP_PROXY,
    COMPUTE_REGION_TARGET_HTTPS_PROXY,
    COMPUTE_REGION_TARGET_TCP_PROXY,
    COMPUTE_TARGET_GRPC_PROXY,
    COMPUTE_TARGET_HTTP_PROXY,
    COMPUTE_TARGET_HTTPS_PROXY,
    COMPUTE_TARGET_TCP_PROXY,
)

PROXIES: Final = (
    COMPUTE_REGION_TARGET_HTTP_PROXY,
    COMPUTE_REGION_TARGET_HTTPS_PROXY,
    COMPUTE_TARGET_HTTP_PROXY,
    COMPUTE_TARGET_HTTPS_PROXY,
    COMPUTE_TARGET_GRPC_PROXY,
)
"""Those of application load balancers."""

TCP_PROXIES: Final = (COMPUTE_REGION_TARGET_TCP_PROXY, COMPUTE_TARGET_TCP_PROXY)

PROXY_PRICES: Final = ("lb.proxy_instance.hour",)
"""Patterns of the keys of their prices."""


def proxy_components(pricing: Pricing, *, share: Amounts | None = None) -> Components:
    """As many proxy instances as are assumed, all of the month.

    Args:
        pricing: the prices.
        share: how likely they are, where that depends on what is not in the stack.
    """
    hours = pricing.assumed("proxy_instances") * HOURS_PER_MONTH
    yield pricing.component(
        "proxy instances", PROXY_PRICES[0], hours * (share or Amounts.of(1)), region=WORLDWIDE
    )
