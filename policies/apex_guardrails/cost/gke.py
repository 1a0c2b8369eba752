"""Pools of GKE nodes: how many, of which machines.

Source: Google Kubernetes Engine documentation, "Node pools" and "Regional clusters", 2026-11.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from apex_guardrails.cost.amounts import Amounts
from apex_guardrails.cost.disks import DISK_PRICES, disk_components
from apex_guardrails.cost.groups import scaled
from apex_guardrails.cost.machines import (
    MACHINE_PRICES,
    given_ssd_components,
    machine_components,
    refuse_accelerators,
)
from apex_guardrails.cost.pricing import Components, Pricing, region_of, zone_of_provider
from apex_guardrails.cost.quantities import (
    UnpricedError,
    is_true,
    read_number,
    read_provisioned,
    read_text,
)
from apex_guardrails.gcp.machines import NODE_MACHINE
from apex_guardrails.model import UNKNOWN, Resource, View

POOL_PRICES: Final = (*MACHINE_PRICES, *DISK_PRICES)
"""Patterns of the keys of a pool's prices."""

_DISK: Final = "pd-balanced"
_DISK_GIB: Final = 100
_NODES: Final = 3
_SSDS: Final = (
    "localSsdCount",
    "ephemeralStorageConfig.localSsdCount",
    "ephemeralStorageLocalSsdConfig.localSsdCount",
    "localNvmeSsdBlockConfig.localSsdCount",
)
"""How many local SSDs a node has for pods: as file systems, as their storage, as raw devices."""
_EACH: Final = ("minNodeCount", "maxNodeCount")
_ZONES: Final = 3
"""Of a region, where none are given."""


def location_of(resource: Resource, pricing: Pricing) -> str:
    """The region or the zone of a cluster, or of a pool.

    One that says nothing is in the provider's zone, and not in all zones of its region (source of
    terraform-provider-google, `GetLocation`, 2026-11).
    """
    if resource.peek("location") is UNKNOWN:
        return pricing.region
    return str(resource.get("location") or zone_of_provider(resource) or pricing.region)


def pool_components(pool: View, place: Resource, pricing: Pricing) -> Components:
    """The nodes of a pool and their boot disks.

    Args:
        pool: where `nodeConfig` and the counts are.
        place: the resource that says where it is: the pool, or its cluster.
        pricing: the prices.
    """
    location = location_of(place, pricing)
    region = region_of(location)
    zones = (
        sum(1 for _ in pool.each("nodeLocations"))
        or sum(1 for _ in place.each("nodeLocations"))
        or (_ZONES if location == region else 1)
    )
    nodes = _nodes(pool, zones)
    config = pool.at("nodeConfig")
    name = read_text(pool, NODE_MACHINE.path, omitted=NODE_MACHINE.omitted)
    spot = is_true(config, "spot", omitted=False) or is_true(config, "preemptible", omitted=False)
    yield from _boot_disks(config, nodes, region, pricing)
    ssds = sum((read_number(config, path, omitted=0) for path in _SSDS), Decimal(0))
    yield from given_ssd_components(name, ssds, nodes, pricing, spot=spot, region=region)
    yield from machine_components(name, nodes, pricing, spot=spot, region=region)
    refuse_accelerators(config)
    if config.is_set("secondaryBootDisks"):
        raise UnpricedError("the size of a secondary boot disk is its image's, which is not known")


def _boot_disks(config: View, nodes: Amounts, region: str, pricing: Pricing) -> Components:
    """The inputs of `bootDisk` come before the older ones."""
    disk = config.at("bootDisk")
    yield from disk_components(
        read_text(disk, "diskType", omitted=read_text(config, "diskType", omitted=_DISK)),
        read_number(disk, "sizeGb", omitted=read_number(config, "diskSizeGb", omitted=_DISK_GIB)),
        pricing,
        label="boot disks",
        iops=read_provisioned(disk, "provisionedIops"),
        throughput=read_provisioned(disk, "provisionedThroughput"),
        count=nodes,
        region=region,
    )


def _nodes(pool: View, zones: int) -> Amounts:
    """The nodes of all zones; counts are those of each, but for the totals of an autoscaler."""
    given = pool.is_set("initialNodeCount")
    initial = read_number(pool, "initialNodeCount", omitted=_NODES) * zones
    if not pool.is_set("autoscaling"):
        counted = pool.is_set("nodeCount")
        nodes = read_number(pool, "nodeCount", omitted=0) * zones if counted else initial
        return Amounts.of(nodes)
    total = pool.is_set("autoscaling.totalMaxNodeCount")
    least, most = ("totalMinNodeCount", "totalMaxNodeCount") if total else _EACH
    fewest, largest = (
        read_number(pool, f"autoscaling.{name}", omitted=0) * (1 if total else zones)
        for name in (least, most)
    )
    return scaled(initial if given else None, fewest, largest)
