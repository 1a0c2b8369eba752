"""Secret Manager: active versions by location, and accesses.

Source: Secret Manager's price page, 2026-11.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from apex_guardrails.cost.prices import WORLDWIDE
from apex_guardrails.cost.pricing import Components, Pricing, priced
from apex_guardrails.cost.quantities import is_true
from apex_guardrails.model import Resource

_SECRET: Final = "gcp:secretmanager/secret:Secret"  # noqa: S105 a type, not a password
_REGIONAL: Final = "gcp:secretmanager/regionalSecret:RegionalSecret"
_REPLICAS: Final = "replication.userManaged.replicas"


@priced(_SECRET, _REGIONAL, prices=("secret.access_10k",))
def secret(_: Resource, pricing: Pricing) -> Components:
    """How often it is read is assumed."""
    accesses = pricing.assumed("secret_accesses") * Decimal("0.0001")
    yield pricing.component("accesses", "secret.access_10k", accesses, region=WORLDWIDE)


@priced(
    "gcp:secretmanager/secretVersion:SecretVersion",
    "gcp:secretmanager/regionalSecretVersion:RegionalSecretVersion",
    prices=("secret.version_month",),
)
def secret_version(version: Resource, pricing: Pricing) -> Components:
    """One price for each location; automatic replication counts as one."""
    if is_true(version, "enabled", omitted=True):
        locations = 1
        for owner in version.referred("secret", _SECRET):
            locations = max(1, sum(1 for _ in owner.each(_REPLICAS)))
        yield pricing.component("version", "secret.version_month", locations, region=WORLDWIDE)
