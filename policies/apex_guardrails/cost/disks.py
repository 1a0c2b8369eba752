"""Disks of Compute Engine: their types and sizes."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from apex_guardrails.cost.amounts import Amounts
from apex_guardrails.cost.pricing import Components, Pricing
from apex_guardrails.cost.quantities import UnpricedError

DISK_TYPES: Final = (
    "pd-standard",
    "pd-balanced",
    "pd-ssd",
    "pd-extreme",
    "hyperdisk-balanced",
    "hyperdisk-extreme",
)

_BY_IOPS: Final = ("pd-extreme", "hyperdisk-extreme")
"""Types of which every operation per second that is provisioned is billed."""

_INCLUDED_IOPS: Final = Decimal(3000)
_INCLUDED_THROUGHPUT: Final = Decimal(140)
"""Of a Hyperdisk Balanced: operations per second, and MiB/s, that its GiB pay for (Compute Engine
documentation, "About Hyperdisk Balanced", 2026-11)."""

DISK_PRICES: Final = tuple(f"{kind}.*" for kind in DISK_TYPES)
"""Patterns of the keys of disks' prices."""

LOCAL_SSD_GIB: Final = Decimal(375)
"""The size of a local SSD (Compute Engine documentation, "Local SSD", 2026-11)."""

LOCAL_SSD_PRICES: Final = ("local-ssd.*",)
"""Patterns of the keys of local SSDs' prices."""

_DEARER_LOCAL_SSD: Final = ("c4", "c4a", "c4d")
"""Machine families whose local SSDs have a price of their own."""


def disk_components(  # noqa: PLR0913 each is a fact of its own
    kind: str,
    gib: Amounts | Decimal,
    pricing: Pricing,
    *,
    label: str = "disk",
    iops: Decimal | None = None,
    throughput: Decimal | None = None,
    regional: bool = False,
    count: Amounts | int = 1,
    region: str | None = None,
) -> Components:
    """What a disk costs in a month.

    Args:
        kind: its type.
        gib: its size.
        pricing: the prices.
        label: what to call it.
        iops: operations per second that are provisioned, if that is said.
        throughput: MiB/s that are provisioned, if that is said.
        regional: whether it is kept in two zones.
        count: how many of them.
        region: where, if that is not where the resource is.

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
    if kind in _BY_IOPS:
        if iops is None:
            raise UnpricedError("the provisioned operations per second are not given")
        provisioned = Amounts.of(iops) * count
        yield pricing.component(f"{label}, IOPS", f"{kind}.iops_month", provisioned, region=region)
    elif kind == "hyperdisk-balanced":
        for unit, given, included in (
            ("IOPS", iops, _INCLUDED_IOPS),
            ("MiB/s", throughput, _INCLUDED_THROUGHPUT),
        ):
            more = (given or included) - included
            if more > 0:
                key = f"{kind}.{'iops' if unit == 'IOPS' else 'throughput'}_month"
                extra = Amounts.of(more) * count
                yield pricing.component(f"{label}, {unit}", key, extra, region=region)


def local_ssd_components(
    count: Amounts | Decimal | int,
    pricing: Pricing,
    *,
    family: str = "",
    suffix: str = "",
    region: str | None = None,
) -> Components:
    """What local SSDs cost in a month.

    Args:
        count: how many.
        pricing: the prices.
        family: the machine's.
        suffix: of the price's key: empty for on demand, `.spot`, or the commitment.
        region: where they are, if that is not where the resource is.
    """
    kind = f"local-ssd.{family}" if family in _DEARER_LOCAL_SSD else "local-ssd"
    each = count if isinstance(count, Amounts) else Amounts.of(count)
    label = f"local SSD{f', {suffix[1:]}' if suffix else ''}"
    yield pricing.component(label, f"{kind}{suffix}.gib_month", each * LOCAL_SSD_GIB, region=region)
