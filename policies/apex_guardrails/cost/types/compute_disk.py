"""A disk: GiB by type; one that is kept in two zones costs twice as much."""

from __future__ import annotations

from decimal import Decimal

from apex_guardrails.cost.disks import DISK_PRICES, disk_components
from apex_guardrails.cost.pricing import Components, Pricing, priced
from apex_guardrails.cost.quantities import UnpricedError, read_number, read_text
from apex_guardrails.gcp.disks import DEFAULT_TYPE
from apex_guardrails.gcp.types import COMPUTE_DISK, COMPUTE_REGION_DISK
from apex_guardrails.model import Resource


def disk_gib(resource: Resource) -> Decimal:
    """The size of a disk.

    Raises:
        UndecidedError: it is not known before deployment.
        UnpricedError: it is the size of an image or a snapshot, which nothing here knows.
    """
    if not resource.is_set("size"):
        raise UnpricedError("it has the size of its source")
    return read_number(resource, "size", omitted=0)


@priced(COMPUTE_DISK, COMPUTE_REGION_DISK, prices=(*DISK_PRICES, "pd-snapshot.gib_month"))
def disk(resource: Resource, pricing: Pricing) -> Components:
    """The provisioned size, used or not."""
    iops = read_number(resource, "provisionedIops", omitted=0) or None
    gib = disk_gib(resource)
    yield from disk_components(
        read_text(resource, "type", omitted=DEFAULT_TYPE),
        gib,
        pricing,
        iops=iops,
        regional=resource.type.token == COMPUTE_REGION_DISK,
    )
    if any(resource.each("resourcePolicies")):
        # A schedule that is attached by a resource of its own is counted there.
        snapshots = pricing.assumed("snapshot_share") * gib
        yield pricing.component("snapshots", "pd-snapshot.gib_month", snapshots)
