"""A managed group: as many of its template's machines as it is told to run."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from apex_guardrails.cost.amounts import Amounts
from apex_guardrails.cost.disks import DISK_PRICES, LOCAL_SSD_GIB, disk_components
from apex_guardrails.cost.machines import (
    MACHINE_PRICES,
    is_spot,
    machine_components,
    refuse_accelerators,
)
from apex_guardrails.cost.pricing import Components, Pricing, priced
from apex_guardrails.cost.quantities import UnpricedError, read_bounded, read_number, read_text
from apex_guardrails.gcp.disks import BOOT_GIB, DEFAULT_TYPE
from apex_guardrails.gcp.types import (
    COMPUTE_AUTOSCALER,
    COMPUTE_INSTANCE_GROUP_MANAGER,
    COMPUTE_INSTANCE_TEMPLATE,
    COMPUTE_REGION_AUTOSCALER,
    COMPUTE_REGION_INSTANCE_GROUP_MANAGER,
    COMPUTE_REGION_INSTANCE_TEMPLATE,
)
from apex_guardrails.model import Resource

TEMPLATES: Final = (COMPUTE_INSTANCE_TEMPLATE, COMPUTE_REGION_INSTANCE_TEMPLATE)
_AUTOSCALERS: Final = (COMPUTE_AUTOSCALER, COMPUTE_REGION_AUTOSCALER)


@priced(
    COMPUTE_INSTANCE_GROUP_MANAGER,
    COMPUTE_REGION_INSTANCE_GROUP_MANAGER,
    prices=(*MACHINE_PRICES, *DISK_PRICES, "local-ssd.gib_month"),
)
def group(manager: Resource, pricing: Pricing) -> Components:
    """The machines and disks of its template, times the group's size."""
    template = _only(manager.referred("versions", *TEMPLATES))
    count = _size(manager, pricing)
    yield from _disks(template, count, pricing)
    name = read_text(template, "machineType")
    yield from machine_components(name, count, pricing, spot=is_spot(template))
    refuse_accelerators(template)


def _only(templates: Iterator[Resource]) -> Resource:
    found = {template.urn: template for template in templates}
    if len(found) != 1:
        raise UnpricedError("its machines are made from a template that is not known here")
    return next(iter(found.values()))


def _size(manager: Resource, pricing: Pricing) -> Amounts:
    """How many machines: what an autoscaler allows, else the size that is given."""
    for user in pricing.index.users(manager):
        if user.type.token in _AUTOSCALERS:
            least = read_number(user, "autoscalingPolicy.minReplicas", omitted=1)
            most = read_number(user, "autoscalingPolicy.maxReplicas", omitted=1)
            return Amounts(least, least, max(least, most))
    return read_bounded(manager, "targetSize", omitted=0, low=Decimal(0), high=None)


def _disks(template: Resource, count: Amounts, pricing: Pricing) -> Components:
    for disk in template.each("disks"):
        if disk.get("type", omitted="PERSISTENT") == "SCRATCH":
            yield pricing.component("local SSD", "local-ssd.gib_month", count * LOCAL_SSD_GIB)
        elif not disk.is_set("source"):
            kind = read_text(disk, "diskType", omitted=DEFAULT_TYPE)
            gib = read_number(disk, "diskSizeGb", omitted=BOOT_GIB)
            yield from disk_components(kind, gib, pricing, count=count)
