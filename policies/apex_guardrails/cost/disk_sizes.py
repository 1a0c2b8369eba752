"""How large a disk, an image or a snapshot is: by itself, or by what it is made from.

Source: Compute Engine documentation ("About Persistent Disk", "Disk images"), 2026-11.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from apex_guardrails.cost.quantities import UnpricedError, read_number, read_text
from apex_guardrails.gcp.disks import DEFAULT_TYPE
from apex_guardrails.gcp.types import (
    COMPUTE_DISK,
    COMPUTE_IMAGE,
    COMPUTE_REGION_DISK,
    COMPUTE_SNAPSHOT,
)
from apex_guardrails.model import Resource

_SIZES: Final = ("size", "diskSizeGb")
_SOURCES: Final = (
    "image",
    "snapshot",
    "sourceDisk",
    "sourceImage",
    "sourceSnapshot",
    "sourceInstantSnapshot",
    "sourceStorageObject",
    "asyncPrimaryDisk",
)
_KINDS: Final = (COMPUTE_DISK, COMPUTE_REGION_DISK, COMPUTE_IMAGE, COMPUTE_SNAPSHOT)
_DISKS: Final = (COMPUTE_DISK, COMPUTE_REGION_DISK)
_DEFAULT_GIB: Final = {
    "pd-standard": 500,
    "pd-balanced": 100,
    "pd-ssd": 100,
    "pd-extreme": 1000,
    "hyperdisk-balanced": 100,
    "hyperdisk-extreme": 1000,
}
"""The size of an empty disk that says none, by type."""
_DEPTH: Final = 16
"""Of a chain of sources; no real one is as long."""


def disk_gib(resource: Resource) -> Decimal:
    """The size of a disk.

    Raises:
        UndecidedError: it is not known before deployment.
        UnpricedError: it is that of an image or a snapshot which is not in the stack, or what
            Google gives a disk of its type.
    """
    found = known_gib(resource)
    if found is not None:
        return found
    if any(resource.is_set(path) for path in _SOURCES):
        raise UnpricedError("it has the size of its source, which is not known here")
    raise UnpricedError("it has no size, and what its type has by default is not known here")


def known_gib(resource: Resource) -> Decimal | None:
    """The size that is given, or that of the source; `None` where nothing here knows it."""
    current = resource
    for _ in range(_DEPTH):
        for path in _SIZES:
            if current.is_set(path):
                return read_number(current, path, omitted=0)
        paths = [path for path in _SOURCES if current.is_set(path)]
        if not paths:
            return _default(current)
        found = next((item for path in paths for item in current.referred(path, *_KINDS)), None)
        if found is None:
            return None
        current = found
    return None


def _default(resource: Resource) -> Decimal | None:
    if resource.type.token not in _DISKS:
        return None
    kind = read_text(resource, "type", omitted=DEFAULT_TYPE)
    gib = _DEFAULT_GIB.get(kind)
    return None if gib is None else Decimal(gib)
