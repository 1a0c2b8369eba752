"""Secret Manager: active versions by location, and accesses.

Source: Secret Manager's price page, 2026-11.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final

from apex_guardrails.cost.prices import WORLDWIDE
from apex_guardrails.cost.pricing import Components, Pricing, priced
from apex_guardrails.cost.quantities import UnpricedError, is_true
from apex_guardrails.cost.usage import SECONDS_PER_MONTH
from apex_guardrails.gcp.types import (
    SECRETMANAGER_REGIONAL_SECRET,
    SECRETMANAGER_REGIONAL_SECRET_VERSION,
    SECRETMANAGER_SECRET,
    SECRETMANAGER_SECRET_VERSION,
)
from apex_guardrails.model import Resource

_REPLICAS: Final = "replication.userManaged.replicas"


_PERIOD: Final = "rotation.rotationPeriod"


@priced(
    SECRETMANAGER_SECRET,
    SECRETMANAGER_REGIONAL_SECRET,
    prices=("secret.access_10k", "secret.rotation"),
    by_use=True,
)
def secret(resource: Resource, pricing: Pricing) -> Components:
    """How often it is read is assumed; a rotation's notifications are billed, too."""
    accesses = pricing.assumed("secret_accesses") * Decimal("0.0001")
    yield pricing.component("accesses", "secret.access_10k", accesses, region=WORLDWIDE)
    if resource.is_set(_PERIOD):
        seconds = re.fullmatch(r"(\d{1,12})(?:\.\d{1,9})?s", str(resource.get(_PERIOD)))
        if seconds is None or not int(seconds[1]):
            raise UnpricedError(f"{_PERIOD} is not a number of seconds such as 2592000s")
        count = (SECONDS_PER_MONTH / int(seconds[1])).quantize(Decimal("0.0001"))
        yield pricing.component("rotations", "secret.rotation", count, region=WORLDWIDE)


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
