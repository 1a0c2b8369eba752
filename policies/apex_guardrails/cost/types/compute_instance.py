"""A virtual machine: vCPUs, memory, the disks that it makes, its public address."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final

from apex_guardrails.cost.disks import DISK_PRICES, disk_components
from apex_guardrails.cost.machines import (
    MACHINE_PRICES,
    given_ssd_components,
    is_spot,
    machine_components,
    refuse_accelerators,
)
from apex_guardrails.cost.pricing import Components, Pricing, priced
from apex_guardrails.cost.quantities import UnpricedError, read_number, read_text
from apex_guardrails.gcp.disks import BOOT_GIB, DEFAULT_TYPE
from apex_guardrails.gcp.types import COMPUTE_INSTANCE
from apex_guardrails.model import UNKNOWN, Resource

_LICENSED: Final = re.compile(r"windows|rhel|sles|sql-(?:ent|std|web)")
"""Images whose operating system or database costs extra."""


@priced(
    COMPUTE_INSTANCE,
    prices=(*MACHINE_PRICES, *DISK_PRICES, "ip.in_use_*", "egress.gib"),
)
def instance(machine: Resource, pricing: Pricing) -> Components:
    """The machine while it runs; its disks always."""
    stopped = machine.get("desiredStatus", omitted="RUNNING") != "RUNNING"
    yield from boot_disk(machine, pricing)
    spot = is_spot(machine)
    name = read_text(machine, "machineType")
    ssds = sum(1 for _ in machine.each("scratchDisks"))
    yield from given_ssd_components(name, ssds, 1, pricing, spot=spot)
    if not stopped:
        yield from machine_components(name, 1, pricing, spot=spot)
        yield from public_addresses(machine, pricing, spot=spot)
        refuse_accelerators(machine)


def boot_disk(machine: Resource, pricing: Pricing) -> Components:
    """The disk that a machine makes for itself; one that it is given is a resource of its own."""
    if machine.is_set("bootDisk.source"):
        return
    disk = machine.at("bootDisk.initializeParams")
    kind = read_text(disk, "type", omitted=DEFAULT_TYPE)
    gib = read_number(disk, "size", omitted=BOOT_GIB)
    yield from disk_components(kind, gib, pricing, label="boot disk")
    if _LICENSED.search(str(disk.peek("image", omitted=""))):
        raise UnpricedError("there is no price for the licence of its image")


def public_addresses(
    machine: Resource, pricing: Pricing, *, spot: bool, path: str = "networkInterfaces"
) -> Components:
    """The external addresses that a machine has, and what is sent through them."""
    if machine.peek(path) is UNKNOWN:
        raise UnpricedError(f"{path} is not known before deployment")
    count = 0
    for interface in machine.each(path):
        count += sum(1 for _ in interface.each("accessConfigs"))
    if count:
        key = "ip.in_use_spot.hour" if spot else "ip.in_use_vm.hour"
        hours = pricing.assumed("active_hours")
        # An address that is a resource of its own is in use here, and not counted there.
        yield pricing.component("external address", key, hours * Decimal(count))
        yield pricing.component("to the internet", "egress.gib", pricing.assumed("egress_gib"))
