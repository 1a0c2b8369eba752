"""Disks of Compute Engine: their types and sizes."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from apex_guardrails.cost.amounts import Amounts
from apex_guardrails.cost.pricing import Components, Pricing
from apex_guardrails.cost.quantities import UnpricedError

DISK_TYPES: Final = ("pd-standard", "pd-balanced", "pd-ssd", "pd-extreme")

DISK_PRICES: Final = tuple(f"{kind}.*" for kind in DISK_TYPES)
"""Patterns of the keys of disks' prices."""

LOCAL_SSD_GIB: Final = Decimal(375)
"""The size of a local SSD (Compute Engine documentation, "Local SSD", 2026-11)."""


def disk_components(  # noqa: PLR0913 each is a fact of its own
    kind: str,
    gib: Amounts | Decimal,
    pricing: Pricing,
    *,
    label: str = "disk",
    iops: Decimal | None = None,
    regional: bool = False,
    count: Amounts | int = 1,
    region: str | None = None,
) -> Components:
    """What a disk costs in a month.

    Raises:
        UnpricedError: its type has no price.
        NoPriceError: it has none in the region.
    """
    if kind not in DISK_TYPES:
        raise UnpricedError(f"there is no price for disks of the type {kind}")
    infix = ".regional" if regional else ""
    amounts = gib if isinstance(gib, Amounts) else Amounts.of(gib)
    key = f"{kind}{infix}.gib_month"
    yield pricing.component(f"{label} ({kind})", key, amounts * count, region=region)
    if kind == "pd-extreme":
        if iops is None:
            raise UnpricedError("the provisioned operations per second are not given")
        provisioned = Amounts.of(iops) * count
        yield pricing.component(
            f"{label}, IOPS", "pd-extreme.iops_month", provisioned, region=region
        )
