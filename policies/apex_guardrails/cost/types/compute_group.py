"""A managed group: as many of its template's machines as it is told to run."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from apex_guardrails.cost.amounts import Amounts
from apex_guardrails.cost.disks import DISK_PRICES, disk_components
from apex_guardrails.cost.groups import scaled
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
from apex_guardrails.gcp.types import (
    COMPUTE_AUTOSCALER,
    COMPUTE_INSTANCE_GROUP_MANAGER,
    COMPUTE_INSTANCE_TEMPLATE,
    COMPUTE_PER_INSTANCE_CONFIG,
    COMPUTE_REGION_AUTOSCALER,
    COMPUTE_REGION_INSTANCE_GROUP_MANAGER,
    COMPUTE_REGION_INSTANCE_TEMPLATE,
    COMPUTE_REGION_PER_INSTANCE_CONFIG,
)
from apex_guardrails.model import Resource, View

TEMPLATES: Final = (COMPUTE_INSTANCE_TEMPLATE, COMPUTE_REGION_INSTANCE_TEMPLATE)
_MANAGERS: Final = (COMPUTE_INSTANCE_GROUP_MANAGER, COMPUTE_REGION_INSTANCE_GROUP_MANAGER)
_CONFIGS: Final = (COMPUTE_PER_INSTANCE_CONFIG, COMPUTE_REGION_PER_INSTANCE_CONFIG)
_PRICES: Final = (*MACHINE_PRICES, *DISK_PRICES)
_AUTOSCALERS: Final = (COMPUTE_AUTOSCALER, COMPUTE_REGION_AUTOSCALER)


@priced(
    COMPUTE_INSTANCE_GROUP_MANAGER,
    COMPUTE_REGION_INSTANCE_GROUP_MANAGER,
    prices=_PRICES,
)
def group(manager: Resource, pricing: Pricing) -> Components:
    """The machines and disks of its template, times the group's size.

    Machines that it keeps stopped or suspended, to start them sooner, pay for their disks.
    """
    template = _only(manager.referred("versions", *TEMPLATES))
    count = _size(manager, pricing)
    with_disks = count + Amounts.of(_kept(manager))
    yield from _disks(template, with_disks, pricing)
    name = read_text(template, "machineType")
    spot = is_spot(template)
    ssds = sum(1 for disk in template.each("disks") if _is_scratch(disk))
    yield from given_ssd_components(name, ssds, with_disks, pricing, spot=spot)
    yield from machine_components(name, count, pricing, spot=spot)
    refuse_accelerators(template)


@priced(COMPUTE_PER_INSTANCE_CONFIG, COMPUTE_REGION_PER_INSTANCE_CONFIG, prices=_PRICES)
def machine_of_a_group(config: Resource, _: Pricing) -> Components:
    """It makes a machine of its group, where that is counted."""
    if _group_of(config) is None:
        raise UnpricedError("it makes a machine of a group that is not known here")
    yield from ()


def _group_of(config: Resource) -> Resource | None:
    for path in ("instanceGroupManager", "regionInstanceGroupManager"):
        found = next(config.referred(path, *_MANAGERS), None)
        if found is not None:
            return found
    return None


def _only(templates: Iterator[Resource]) -> Resource:
    found = {template.urn: template for template in templates}
    if len(found) != 1:
        raise UnpricedError("its machines are made from a template that is not known here")
    return next(iter(found.values()))


def _size(manager: Resource, pricing: Pricing) -> Amounts:
    """How many machines: what an autoscaler allows, else the size that is given.

    A config of one machine makes it, unless the group has one of that name, which is known only
    once it runs: so each is among those that the size says, or one more.
    """
    users = pricing.index.users(manager)
    configs = sum(1 for user in users if user.type.token in _CONFIGS)
    given = read_number(manager, "targetSize", omitted=0) if manager.is_set("targetSize") else None
    for user in users:
        if user.type.token in _AUTOSCALERS and _scales(user):
            least = read_number(user, "autoscalingPolicy.minReplicas", omitted=1)
            most = read_number(user, "autoscalingPolicy.maxReplicas", omitted=1)
            return scaled(given, least, most).at_least(Amounts.of(configs))
    size = given or Decimal(0)
    largest = max(size, Decimal(configs))
    return Amounts(largest, largest, size + configs)


def _scales(autoscaler: Resource) -> bool:
    return str(autoscaler.get("autoscalingPolicy.mode", omitted="ON")) != "OFF"


def _kept(manager: Resource) -> Decimal:
    stopped = read_number(manager, "targetStoppedSize", omitted=0)
    return stopped + read_number(manager, "targetSuspendedSize", omitted=0)


def _disks(template: Resource, count: Amounts, pricing: Pricing) -> Components:
    for disk in template.each("disks"):
        if not _is_scratch(disk) and not disk.is_set("source"):
            kind = read_text(disk, "diskType", omitted=DEFAULT_TYPE)
            gib = read_number(disk, "diskSizeGb", omitted=BOOT_GIB)
            yield from disk_components(kind, gib, pricing, count=count)


def _is_scratch(disk: View) -> bool:
    return read_text(disk, "type") == "SCRATCH"
