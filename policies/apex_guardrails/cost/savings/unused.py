"""What is paid for and used by nothing in the stack: addresses and disks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from apex_guardrails.cost.model import Estimate, Saving
from apex_guardrails.cost.pricing import StackIndex
from apex_guardrails.gcp.types import COMPUTE_DISK, COMPUTE_REGION_DISK
from apex_guardrails.model import Resource, Stack
from apex_guardrails.model.value import leaves

_IDLE: Final = "ip.static_unused"
"""How the key of an idle address's price begins."""

_DISKS: Final = (COMPUTE_DISK, COMPUTE_REGION_DISK)
_NO_USE: Final = ("Attachment", "Snapshot", "IamBinding", "IamMember", "IamPolicy")
"""How types end that say something of a disk and do not use it; an `AttachedDisk` does."""

_MACHINES: Final = "gcp:compute/"


def unused(item: Estimate, resource: Resource, index: StackIndex) -> Iterator[Saving]:
    """An idle address, or a disk that nothing in the stack has attached."""
    # Of one that may be in use, the low case has no hours.
    idle = [part for part in item.components if part.key.startswith(_IDLE) and part.quantity.low]
    for part in idle:
        yield Saving(item.urn, "nothing running uses the address: release it", part.monthly)
    if item.token in _DISKS and _is_unattached(resource, index):
        advice = "nothing in the stack attaches the disk: keep a snapshot of it, and delete it"
        yield Saving(item.urn, advice, item.monthly)


def _is_unattached(disk: Resource, index: StackIndex) -> bool:
    """Whether it is known that nothing attaches it, neither by reference nor by its name."""
    attached = index.once(_attached)
    names = {disk.name, str(disk.peek("name", omitted=disk.name))}
    return (
        attached is not None
        and attached.isdisjoint(names)
        and all(user.type.token.endswith(_NO_USE) for user in index.users(disk))
    )


def _attached(stack: Stack) -> set[str] | None:
    """What machines, templates and attachments name as a disk; `None` where it may be more."""
    if any(resource.property_dependencies is None for resource in stack):
        return None
    return {
        leaf.value.rpartition("/")[2]
        for machine in stack
        if machine.type.token.startswith(_MACHINES) and machine.type.token not in _DISKS
        for path in ("attachedDisks", "bootDisk", "disks", "disk")
        for leaf in leaves(machine.peek(path), path)
        if isinstance(leaf.value, str)
    }
