"""A log bucket: what it keeps for longer than the 30 days that are included."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from apex_guardrails.cost.prices import WORLDWIDE
from apex_guardrails.cost.pricing import Components, Pricing, priced
from apex_guardrails.cost.quantities import read_number
from apex_guardrails.model import Resource

_INCLUDED: Final = 30
_OWNERS: Final = ("project", "folder", "organization", "billingAccount")


@priced(
    *(
        f"gcp:logging/{owner}BucketConfig:{owner[0].upper()}{owner[1:]}BucketConfig"
        for owner in _OWNERS
    ),
    prices=("log.retention_gib_month",),
    by_use=True,
)
def bucket_config(resource: Resource, pricing: Pricing) -> Components:
    """A month of logs is kept for as many months more."""
    days = read_number(resource, "retentionDays", omitted=_INCLUDED)
    months = max(Decimal(0), days - _INCLUDED) / _INCLUDED
    gib = pricing.assumed("log_gib") * months
    yield pricing.component("retention", "log.retention_gib_month", gib, region=WORLDWIDE)
