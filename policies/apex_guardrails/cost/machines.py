"""What machines of Compute Engine cost an hour.

Source: Compute Engine's price page and documentation ("Sustained use discounts"), 2026-11.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from apex_guardrails.cost.amounts import Amounts
from apex_guardrails.cost.disks import LOCAL_SSD_PRICES, local_ssd_components
from apex_guardrails.cost.machine_sizes import GIB_PER_VCPU, parse_machine
from apex_guardrails.cost.pricing import Components, Pricing
from apex_guardrails.cost.quantities import UnpricedError, is_true, read_number, read_text
from apex_guardrails.cost.usage import HOURS_PER_MONTH
from apex_guardrails.model import View

_WITH_ACCELERATORS: Final = ("a2", "a3", "g2", "g4")
"""Families whose machine types have accelerators, which are in the type's price."""

_WHOLE: Final = (*_WITH_ACCELERATORS, "f1", "g1", "h3", "m4", "t2a", "z3")
"""Families whose machine types have one price each for all that they consist of."""

_WITH_SSDS: Final = ("a2-ultragpu-", "a3-", "z3-")
"""How types of those begin that have local SSDs in their price, and can have no others."""

MACHINE_PRICES: Final = (
    *(f"{family}.*" for family in (*GIB_PER_VCPU, "m1", "m2", "m3")),
    *(f"{family}-*.hour" for family in _WHOLE),
    *LOCAL_SSD_PRICES,
)
"""Patterns of the keys of machines' prices."""

_CONFIDENTIAL: Final = (
    "confidentialInstanceConfig.enableConfidentialCompute",
    "confidentialNodes.enabled",
)
"""Of a machine, and of a pool's nodes: whether their memory is encrypted, which is billed."""

_CONFIDENTIAL_TYPE: Final = "confidentialInstanceConfig.confidentialInstanceType"

_THIRTY_PERCENT: Final = ("1", "0.8", "0.6", "0.4")
_TWENTY_PERCENT: Final = ("1", "0.8678", "0.733", "0.6")
_SUSTAINED: Final = {
    **dict.fromkeys(("f1", "g1", "m1", "m2", "n1"), _THIRTY_PERCENT),
    **dict.fromkeys(("c2", "n2", "n2d"), _TWENTY_PERCENT),
}
"""The share of the price that each quarter of a month costs: Google's sustained-use discount."""


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
    """What machines of a type cost in a month, with the local SSDs that belong to the type.

    Raises:
        UnpricedError: the machine type has no price.
        NoPriceError: it has none in the region.
    """
    family = name.partition("-")[0]
    made = None if family in _WHOLE else parse_machine(name)
    family = made.family if made else family
    hours = pricing.assumed("active_hours")
    option = "spot" if spot else pricing.usage.commitment
    if option == "none":
        hours = hours.each(lambda used: billed_hours(used, family))
    elif option != "spot":
        # What is committed to is paid for whether it runs or not.
        hours = Amounts.of(HOURS_PER_MONTH)
    hours *= count
    suffix = "" if option == "none" else f".{option}"
    label = f"{name}, {option}" if suffix else name
    if made is None:
        yield pricing.component(label, f"{name}{suffix}.hour", hours, region=region)
        return
    # A commitment is to vCPUs and memory, whatever machines have them.
    kind = f"{made.family}.custom" if made.custom and option in ("none", "spot") else made.family
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
    if made.local_ssds:
        share = hours * (made.local_ssds / HOURS_PER_MONTH)
        yield from local_ssd_components(
            share, pricing, family=made.family, suffix=suffix, region=region
        )


def given_ssd_components(  # noqa: PLR0913 each is a fact of its own
    name: str,
    given: Decimal | int,
    count: Amounts | int,
    pricing: Pricing,
    *,
    spot: bool,
    region: str | None = None,
) -> Components:
    """What local SSDs cost in a month that a program gives to machines of a type.

    Those that belong to the type, which a program may name as well, are in the machine's price.

    Args:
        name: the machine type.
        given: how many each machine is given.
        count: how many machines.
        pricing: the prices.
        spot: whether Google may stop the machines at any time.
        region: where they are, if that is not where the resource is.

    Raises:
        UnpricedError: the machine type is not known, so neither are its local SSDs.
        NoPriceError: local SSDs have no price in the region.
    """
    if not given or name.startswith(_WITH_SSDS):
        return
    family = name.partition("-")[0]
    more = given - (0 if family in _WHOLE else parse_machine(name).local_ssds)
    if more > 0:
        number = count if isinstance(count, Amounts) else Amounts.of(count)
        yield from local_ssd_components(
            number * more, pricing, family=family, suffix=".spot" if spot else "", region=region
        )


def is_spot(machine: View) -> bool:
    """Whether Google may stop the machine at any time."""
    model = machine.get("scheduling.provisioningModel", omitted="STANDARD")
    return model == "SPOT" or is_true(machine, "scheduling.preemptible", omitted=False)


def refuse_accelerators(machine: View) -> None:
    """There is no price for a GPU, but for one that the machine type has, nor for confidentiality.

    Raises:
        UnpricedError: the machine has one, or is a confidential one.
    """
    is_confidential = machine.is_set(_CONFIDENTIAL_TYPE) or any(
        is_true(machine, path, omitted=False) for path in _CONFIDENTIAL
    )
    if is_confidential:
        raise UnpricedError("there is no price for what a confidential machine costs more")
    if read_text(machine, "machineType").partition("-")[0] in _WITH_ACCELERATORS:
        return
    for accelerator in machine.each("guestAccelerators"):
        if read_number(accelerator, "count", omitted=1):
            raise UnpricedError("there is no price for its accelerators")
