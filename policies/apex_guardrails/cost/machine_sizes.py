"""Machine types of Compute Engine: the vCPUs, memory and local SSDs that each consists of.

Source: Compute Engine documentation, "Machine families" and "Custom machine types", 2026-11.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from apex_guardrails.cost.quantities import UnpricedError

_FOUR: Final = {"standard": "4"}
_FOUR_EIGHT_ONE: Final = {"standard": "4", "highmem": "8", "highcpu": "1"}
_FOUR_EIGHT_TWO: Final = {"standard": "4", "highmem": "8", "highcpu": "2"}
_FOURTH: Final = {"standard": "3.75", "highmem": "7.75", "highcpu": "2"}

GIB_PER_VCPU: Final = {
    "c2": _FOUR,
    "c2d": _FOUR_EIGHT_TWO,
    "c3": _FOUR_EIGHT_TWO,
    "c3d": _FOUR_EIGHT_TWO,
    "c4": _FOURTH,
    "c4a": _FOUR_EIGHT_TWO,
    "c4d": {"standard": "3.875", "highmem": "7.875", "highcpu": "1.875"},
    "c4n": _FOURTH,
    "e2": _FOUR_EIGHT_ONE,
    "n1": {"standard": "3.75", "highmem": "6.5", "highcpu": "0.9"},
    "n2": _FOUR_EIGHT_ONE,
    "n2d": _FOUR_EIGHT_ONE,
    "n4": _FOUR_EIGHT_TWO,
    "n4a": _FOUR_EIGHT_TWO,
    "n4d": _FOUR_EIGHT_TWO,
    "t2d": _FOUR,
}
"""Of families that are billed by vCPU and GiB."""

_OTHER_GIB: Final = {
    "c3-highcpu-192-metal": "512",
    "c3d-highcpu-30": "59",
    "c3d-highcpu-60": "118",
    "c3d-highcpu-90": "177",
    "c3d-highcpu-180": "354",
    "c3d-highcpu-360": "708",
    "c4-highmem-2": "15",
    "c4-standard-2": "7",
    "c4d-highcpu-2": "3",
    "c4d-highcpu-4": "7",
    "c4d-highcpu-384-metal": "768",
    "c4d-highmem-2": "15",
    "c4d-highmem-4": "31",
    "c4d-highmem-384-metal": "3072",
    "c4d-standard-2": "7",
    "c4d-standard-4": "15",
    "c4d-standard-384-metal": "1536",
    "c4n-highmem-2": "15",
    "c4n-standard-2": "7",
    "m1-megamem-96": "1433.6",
    "m1-ultramem-40": "961",
    "m1-ultramem-80": "1922",
    "m1-ultramem-160": "3844",
    "m2-hypermem-416": "8832",
    "m2-megamem-416": "5888",
    "m2-ultramem-208": "5888",
    "m2-ultramem-416": "11776",
    "m3-megamem-64": "976",
    "m3-megamem-128": "1952",
    "m3-ultramem-32": "976",
    "m3-ultramem-64": "1952",
    "m3-ultramem-128": "3904",
    "n2-highmem-128": "864",
}
"""GiB of types that have other memory than their family's vCPUs say."""

_LOCAL_SSDS: Final = {
    "c3": {4: 1, 8: 2, 22: 4, 44: 8, 88: 16, 176: 32},
    "c3d": {8: 1, 16: 1, 30: 2, 60: 4, 90: 8, 180: 16, 360: 32},
    "c4": {4: 1, 8: 1, 16: 2, 24: 4, 32: 5, 48: 8, 96: 16, 144: 24, 192: 32, 288: 48},
    "c4a": {4: 1, 8: 2, 16: 4, 32: 6, 48: 10, 64: 14, 72: 16},
    "c4d": {8: 1, 16: 1, 32: 2, 48: 4, 64: 6, 96: 8, 192: 16, 384: 32},
}
"""By family and vCPUs: the local SSDs of a type whose name ends with `-lssd`."""

_SHARED_CORE: Final = {
    "e2-micro": ("0.25", "1"),
    "e2-small": ("0.5", "2"),
    "e2-medium": ("1", "4"),
}
"""The vCPUs that are billed, and GiB."""

_CUSTOM_FAMILIES: Final = ("e2", "n1", "n2", "n2d")
_MOST_GIB_PER_VCPU: Final = {"n1": Decimal("6.5"), "n2": Decimal(8), "n2d": Decimal(8)}
"""Memory of custom machines above this is extended memory, which has a price of its own."""

_NAME: Final = re.compile(r"(([a-z]\w*)-([a-z]+)-(\d{1,9}))(-lssd)?(-metal)?")
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
        local_ssds: that belong to the type.
    """

    family: str
    vcpus: Decimal
    gib: Decimal
    extended_gib: Decimal = Decimal(0)
    custom: bool = False
    local_ssds: int = 0


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
    if match is not None:
        family, vcpus, ssds = match[2], int(match[4]), 0
        if match[5]:
            ssds = _LOCAL_SSDS.get(family, {}).get(vcpus, 0)
        gib = _gib(match)
        if vcpus and gib and bool(ssds) == bool(match[5]):
            return Machine(family, Decimal(vcpus), gib, local_ssds=ssds)
    raise UnpricedError(f"there is no price for machines of the type {name}")


def _gib(match: re.Match[str]) -> Decimal | None:
    other = _OTHER_GIB.get(f"{match[1]}{match[6] or ''}")
    if other is not None:
        return Decimal(other)
    ratio = GIB_PER_VCPU.get(match[2], {}).get(match[3])
    return None if ratio is None else int(match[4]) * Decimal(ratio)


def _custom(name: str, family: str, vcpus: str, gib: Decimal) -> Machine:
    shared = _SHARED_CORE.get(f"{family}-{vcpus}")
    if family not in _CUSTOM_FAMILIES or not (shared or vcpus.isdigit()):
        raise UnpricedError(f"there is no price for machines of the type {name}")
    count = Decimal(shared[0]) if shared else Decimal(vcpus)
    if not count or not gib:
        raise UnpricedError(f"{name} is not a machine type")
    # Custom E2 machines cost what predefined ones cost.
    most = _MOST_GIB_PER_VCPU.get(family)
    extended = max(Decimal(0), gib - count * most) if most else Decimal(0)
    return Machine(family, count, gib - extended, extended, custom=family != "e2")
