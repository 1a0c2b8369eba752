"""Secret Manager: active versions by location, and accesses.

Source: Secret Manager's price page, 2026-11.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from apex_guardrails.cost.prices import WORLDWIDE
from apex_guardrails.cost.pricing import Components, Pricing, priced
from apex_guardrails.cost.quantities import is_true
from apex_guardrails.gcp.types import (
    SECRETMANAGER_REGIONAL_SECRET,
    SECRETMANAGER_REGIONAL_SECRET_VERSION,
    SECRETMANAGER_SECRET,
    SECRETMANAGER_SECRET_VERSION,
)
from apex_guardrails.model import Resource

_REPLICAS: Final = "replication.userManaged.replicas"


@priced(SECRETMANAGER_SECRET, SECRETMANAGER_REGIONAL_SECRET, prices=("secret.access_10k",))
def secret(_: Resource, pricing: Pricing) -> Components:
    """How often it is read is assumed."""
    accesses = pricing.assumed("secret_accesses") * Decimal("0.0001")
    yield pricing.component("accesses", "secret.access_10k", accesses, region=WORLDWIDE)


@priced(
    SECRETMANAGER_SECRET_VERSION,
    SECRETMANAGER_REGIONAL_SECRET_VERSION,
    prices=("secret.version_month",),
)
def secret_version(version: Resource, pricing: Pricing) -> Components:
    """One price for each location; automatic replication counts as one."""
    if is_true(version, "enabled", omitted=True):
        locations = 1
        for owner in version.referred("secret", SECRETMANAGER_SECRET):
            locations = max(1, sum(1 for _ in owner.each(_REPLICAS)))
        yield pricing.component("version", "secret.version_month", locations, region=WORLDWIDE)
