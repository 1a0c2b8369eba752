"""Machine types of Compute Engine: what they consist of, and what that costs an hour.

Source: Compute Engine documentation, "Machine families" and "Custom machine types", and its price
page, 2026-11.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from apex_guardrails.cost.amounts import Amounts
from apex_guardrails.cost.pricing import Components, Pricing
from apex_guardrails.cost.quantities import UnpricedError, is_true, read_number
from apex_guardrails.cost.usage import HOURS_PER_MONTH
from apex_guardrails.model import View

_GIB_PER_VCPU: Final = {
    "e2": {"standard": "4", "highmem": "8", "highcpu": "1"},
    "n1": {"standard": "3.75", "highmem": "6.5", "highcpu": "0.9"},
    "n2": {"standard": "4", "highmem": "8", "highcpu": "1"},
    "n2d": {"standard": "4", "highmem": "8", "highcpu": "1"},
    "t2d": {"standard": "4"},
    "c2": {"standard": "4"},
}

_SHARED_CORE: Final = {
    "e2-micro": ("0.25", "1"),
    "e2-small": ("0.5", "2"),
    "e2-medium": ("1", "4"),
}
"""The vCPUs that are billed, and GiB."""

_FLAT: Final = ("f1-micro", "g1-small")
"""Machines with one price for all of it."""

MACHINE_PRICES: Final = (
    *(f"{family}.*" for family in _GIB_PER_VCPU),
    *(f"{name}.hour" for name in _FLAT),
)
"""Patterns of the keys of machines' prices."""

_MOST_GIB_PER_VCPU: Final = {"n1": Decimal("6.5"), "n2": Decimal(8), "n2d": Decimal(8)}
"""Memory of custom machines above this is extended memory, which has a price of its own."""

_SUSTAINED: Final = {
    "n1": ("1", "0.8", "0.6", "0.4"),
    "n2": ("1", "0.8678", "0.733", "0.6"),
    "n2d": ("1", "0.8678", "0.733", "0.6"),
    "c2": ("1", "0.8678", "0.733", "0.6"),
}
"""The share of the price that each quarter of a month costs: Google's sustained-use discount."""

_NAME: Final = re.compile(r"([a-z]\w*)-(standard|highmem|highcpu)-(\d{1,9})")
_CUSTOM: Final = re.compile(r"(?:([a-z]\w*)-)?custom-(\d{1,9}|micro|small|medium)-(\d{1,9})(-ext)?")


@dataclass(frozen=True, slots=True)
class Machine:
    """What of a machine type is billed.

    Attributes:
        family: such as `e2`.
        vcpus: that are billed; a shared core is a part of one.
        gib: of memory, without the extended memory.
        extended_gib: of extended memory.
        custom: whether it is a custom machine type, which some families price higher.
    """

    family: str
    vcpus: Decimal
    gib: Decimal
    extended_gib: Decimal = Decimal(0)
    custom: bool = False


def parse_machine(name: str) -> Machine:
    """What a machine type consists of.

    Raises:
        UnpricedError: its family has no price here, or it is no machine type.
    """
    if name in _SHARED_CORE:
        part, memory = _SHARED_CORE[name]
        return Machine(name.partition("-")[0], Decimal(part), Decimal(memory))
    custom = _CUSTOM.fullmatch(name)
    if custom:
        return _custom(name, custom[1] or "n1", custom[2], Decimal(custom[3]) / 1024)
    match = _NAME.fullmatch(name)
    ratio = _GIB_PER_VCPU.get(match[1], {}).get(match[2]) if match else None
    if match is None or ratio is None or int(match[3]) == 0:
        raise UnpricedError(f"there is no price for machines of the type {name}")
    vcpus = Decimal(match[3])
    return Machine(match[1], vcpus, vcpus * Decimal(ratio))


def _custom(name: str, family: str, vcpus: str, gib: Decimal) -> Machine:
    shared = _SHARED_CORE.get(f"{family}-{vcpus}")
    if family not in _GIB_PER_VCPU or family in ("t2d", "c2") or not (shared or vcpus.isdigit()):
        raise UnpricedError(f"there is no price for machines of the type {name}")
    count = Decimal(shared[0]) if shared else Decimal(vcpus)
    if not count or not gib:
        raise UnpricedError(f"{name} is not a machine type")
    # Custom E2 machines cost what predefined ones cost.
    most = _MOST_GIB_PER_VCPU.get(family)
    extended = max(Decimal(0), gib - count * most) if most else Decimal(0)
    return Machine(family, count, gib - extended, extended, custom=family != "e2")


def billed_hours(hours: Decimal, family: str) -> Decimal:
    """The hours at full price that so many hours in a month cost, with sustained use."""
    quarter = HOURS_PER_MONTH / 4
    levels = _SUSTAINED.get(family)
    if levels is None:
        return hours
    billed = Decimal(0)
    for place, level in enumerate(levels):
        billed += min(max(hours - quarter * place, Decimal(0)), quarter) * Decimal(level)
    return billed


def machine_components(
    name: str, count: Amounts | int, pricing: Pricing, *, spot: bool, region: str | None = None
) -> Components:
    """What machines of a type cost in a month.

    Raises:
        UnpricedError: the machine type has no price.
        NoPriceError: it has none in the region.
    """
    each = count if isinstance(count, Amounts) else Amounts.of(count)
    hours = pricing.assumed("active_hours")
    if name in _FLAT:
        if spot:
            raise UnpricedError(f"there is no price for spot machines of the type {name}")
        flat = hours.each(lambda used: billed_hours(used, "n1"))
        yield pricing.component(name, f"{name}.hour", flat * each, region=region)
        return
    made = parse_machine(name)
    option = "spot" if spot else pricing.usage.commitment
    if option == "none":
        hours = hours.each(lambda used: billed_hours(used, made.family))
    elif option != "spot":
        # What is committed to is paid for whether it runs or not.
        hours = Amounts.of(HOURS_PER_MONTH)
    kind = f"{made.family}.custom" if made.custom else made.family
    suffix = "" if option == "none" else f".{option}"
    label = f"{name}, {option}" if suffix else name
    hours *= each
    for part, key, units in (
        ("vCPU", f"{kind}.vcpu{suffix}.hour", made.vcpus),
        ("memory", f"{kind}.ram{suffix}.gib_hour", made.gib),
        (
            "extended memory",
            f"{made.family}.extended.ram{suffix}.gib_hour",
            made.extended_gib,
        ),
    ):
        if units:
            yield pricing.component(f"{part} ({label})", key, hours * units, region=region)


def is_spot(machine: View) -> bool:
    """Whether Google may stop the machine at any time."""
    model = machine.get("scheduling.provisioningModel", omitted="STANDARD")
    return model == "SPOT" or is_true(machine, "scheduling.preemptible", omitted=False)


def refuse_accelerators(machine: View) -> None:
    """There is no price for a GPU.

    Raises:
        UnpricedError: the machine has one.
    """
    for accelerator in machine.each("guestAccelerators"):
        if read_number(accelerator, "count", omitted=1):
            raise UnpricedError("there is no price for its accelerators")
