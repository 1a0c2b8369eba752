"""Firewall rules: free, but for their logs and for what Cloud NGFW's paid tiers look at.

Source: Cloud Next Generation Firewall's price page, stored copies of 2025.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from apex_guardrails.cost.prices import WORLDWIDE
from apex_guardrails.cost.pricing import Components, Pricing, priced
from apex_guardrails.cost.quantities import is_true
from apex_guardrails.gcp.types import (
    COMPUTE_FIREWALL,
    COMPUTE_FIREWALL_POLICY_RULE,
    COMPUTE_FIREWALL_POLICY_WITH_RULES,
    COMPUTE_NETWORK_FIREWALL_POLICY_RULE,
    COMPUTE_NETWORK_FIREWALL_POLICY_WITH_RULES,
    COMPUTE_REGION_NETWORK_FIREWALL_POLICY_RULE,
    COMPUTE_REGION_NETWORK_FIREWALL_POLICY_WITH_RULES,
)
from apex_guardrails.model import Resource, View

_STANDARD: Final = tuple(
    f"{side}{name}"
    for side in ("src", "dest")
    for name in ("Fqdns", "RegionCodes", "ThreatIntelligences")
)
"""What a match of the tier Standard names; of Essentials, addresses and tags."""
_INSPECTS: Final = "apply_security_profile_group"
_LOGS: Final = "log.vended_gib"
_PRICES: Final = ("firewall.standard.gib", "firewall.enterprise.gib", _LOGS)


@priced(COMPUTE_FIREWALL, prices=(_LOGS,), by_use=True)
def firewall(resource: Resource, pricing: Pricing) -> Components:
    """A rule of a network of its own, where it is logged."""
    if resource.is_set("logConfig") or is_true(resource, "enableLogging", omitted=False):
        yield from _logged(pricing)


@priced(
    COMPUTE_FIREWALL_POLICY_RULE,
    COMPUTE_NETWORK_FIREWALL_POLICY_RULE,
    COMPUTE_REGION_NETWORK_FIREWALL_POLICY_RULE,
    prices=_PRICES,
    by_use=True,
)
def rule(resource: Resource, pricing: Pricing) -> Components:
    """One rule."""
    yield from _looked_at((resource,), pricing)


@priced(
    COMPUTE_FIREWALL_POLICY_WITH_RULES,
    COMPUTE_NETWORK_FIREWALL_POLICY_WITH_RULES,
    COMPUTE_REGION_NETWORK_FIREWALL_POLICY_WITH_RULES,
    prices=_PRICES,
    by_use=True,
)
def policy(resource: Resource, pricing: Pricing) -> Components:
    """All of its rules: traffic is billed once, at the dearest tier that looks at it."""
    yield from _looked_at(resource.each("rules"), pricing)


def _looked_at(rules: Iterable[View], pricing: Pricing) -> Components:
    looking = list(rules)
    tiers = {_tier(item) for item in looking}
    tier = next((name for name in ("enterprise", "standard") if name in tiers), None)
    if tier is not None:
        gib = pricing.assumed("firewall_gib")
        label = f"traffic inspected (Cloud NGFW {tier.capitalize()})"
        yield pricing.component(label, f"firewall.{tier}.gib", gib, region=WORLDWIDE)
    if any(is_true(item, "enableLogging", omitted=False) for item in looking):
        yield from _logged(pricing)


def _logged(pricing: Pricing) -> Components:
    yield pricing.component("logs", _LOGS, pricing.assumed("firewall_log_gib"), region=WORLDWIDE)


def _tier(item: View) -> str:
    if item.peek("action", omitted="") == _INSPECTS or item.is_set("securityProfileGroup"):
        return "enterprise"
    return "standard" if any(item.is_set(f"match.{name}") for name in _STANDARD) else ""
