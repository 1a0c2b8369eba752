"""A disk's snapshot schedule: the snapshots that it keeps."""

from __future__ import annotations

from apex_guardrails.cost.disk_sizes import disk_gib
from apex_guardrails.cost.pricing import Components, Pricing, priced
from apex_guardrails.cost.quantities import UnpricedError
from apex_guardrails.gcp.types import (
    COMPUTE_DISK,
    COMPUTE_DISK_RESOURCE_POLICY_ATTACHMENT,
    COMPUTE_REGION_DISK,
    COMPUTE_REGION_DISK_RESOURCE_POLICY_ATTACHMENT,
)
from apex_guardrails.model import Resource


@priced(
    COMPUTE_DISK_RESOURCE_POLICY_ATTACHMENT,
    COMPUTE_REGION_DISK_RESOURCE_POLICY_ATTACHMENT,
    prices=("pd-snapshot.gib_month",),
)
def snapshots(attachment: Resource, pricing: Pricing) -> Components:
    """Snapshots are incremental, so their size is assumed as a share of the disk's."""
    disk = next(attachment.referred("disk", COMPUTE_DISK, COMPUTE_REGION_DISK), None)
    if disk is None:
        raise UnpricedError("the size of its disk is not known: the stack does not manage it")
    share = pricing.assumed("snapshot_share")
    yield pricing.component("snapshots", "pd-snapshot.gib_month", share * disk_gib(disk))
