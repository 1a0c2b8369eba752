"""A disk: GiB by type; one that is kept in two zones costs twice as much."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from apex_guardrails.cost.disk_sizes import disk_gib
from apex_guardrails.cost.disks import DISK_PRICES, disk_components
from apex_guardrails.cost.pricing import Components, Pricing, priced
from apex_guardrails.cost.quantities import read_provisioned, read_text
from apex_guardrails.gcp.disks import DEFAULT_TYPE
from apex_guardrails.gcp.types import COMPUTE_DISK, COMPUTE_REGION_DISK
from apex_guardrails.model import Resource

_EXTREME: Final = "pd-extreme"
_EXTREME_IOPS: Final = Decimal(100_000)
"""What an Extreme Persistent Disk is given that says none (Compute Engine API, disks, 2026-11)."""


@priced(COMPUTE_DISK, COMPUTE_REGION_DISK, prices=(*DISK_PRICES, "pd-snapshot.gib_month"))
def disk(resource: Resource, pricing: Pricing) -> Components:
    """The provisioned size, used or not."""
    kind = read_text(resource, "type", omitted=DEFAULT_TYPE)
    usual = _EXTREME_IOPS if kind == _EXTREME else 0
    iops = read_provisioned(resource, "provisionedIops", omitted=usual)
    gib = disk_gib(resource)
    yield from disk_components(
        kind,
        gib,
        pricing,
        iops=iops,
        throughput=read_provisioned(resource, "provisionedThroughput"),
        regional=resource.type.token == COMPUTE_REGION_DISK,
    )
    if any(resource.each("resourcePolicies")):
        # A schedule that is attached by a resource of its own is counted there.
        snapshots = pricing.assumed("snapshot_share") * gib
        yield pricing.component("snapshots", "pd-snapshot.gib_month", snapshots)
