"""What has an address: machines, managed databases and forwarding rules."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Final

from apex_guardrails.gcp.types import (
    ALLOYDB_CLUSTER,
    ALLOYDB_INSTANCE,
    COMPUTE_ADDRESS,
    COMPUTE_FORWARDING_RULE,
    COMPUTE_GLOBAL_ADDRESS,
    COMPUTE_GLOBAL_FORWARDING_RULE,
    MEMCACHE_INSTANCE,
    MEMORYSTORE_INSTANCE,
    REDIS_CLUSTER,
    REDIS_INSTANCE,
    SQL_DATABASE_INSTANCE,
)
from apex_guardrails.model.resource import Resource
from apex_guardrails.model.stack import Stack
from apex_guardrails.model.value import UNKNOWN
from apex_guardrails.model.view import View
from apex_guardrails.network.hosts import MACHINES
from apex_guardrails.network.references import References, read_list, read_text

FORWARDING: Final = (COMPUTE_GLOBAL_FORWARDING_RULE, COMPUTE_FORWARDING_RULE)
MANAGED: Final = (
    SQL_DATABASE_INSTANCE,
    ALLOYDB_INSTANCE,
    ALLOYDB_CLUSTER,
    REDIS_INSTANCE,
    REDIS_CLUSTER,
    MEMORYSTORE_INSTANCE,
    MEMCACHE_INSTANCE,
)
"""The managed databases that have addresses, or service attachments."""

_ADDRESSES: Final = (COMPUTE_ADDRESS, COMPUTE_GLOBAL_ADDRESS)
_HOLDERS: Final = (*MACHINES, *FORWARDING)
_HELD: Final = ("networkInterfaces[0].networkIp", "networkInterfaces[1].networkIp", "ipAddress")
"""Where they name a reserved address; of more interfaces the text alone is looked at."""


def at_address(references: References, view: View, path: str) -> list[Resource]:
    """What has the address that an input gives: as its own output, reserved for it, or as text."""
    value = view.peek(path)
    if value is not UNKNOWN:
        found = references.stack.once(_Written).holders.get(str(value), [])
        # The same private address may be in several networks.
        return found if len(found) == 1 else []
    return references.named(view, path, *_HOLDERS, *MANAGED) or [
        holder
        for address in references.named(view, path, *_ADDRESSES)
        for holder in references.naming(address, _HOLDERS, _HELD)
    ]


class _Written:
    """The addresses that the program writes, and what has them."""

    def __init__(self, stack: Stack) -> None:
        self.holders: defaultdict[str, list[Resource]] = defaultdict(list)
        references = References(stack)
        for resource in stack.of_type(*_HOLDERS):
            for written in _written(resource):
                self.holders[written].append(resource)
        for address in stack.of_type(*_ADDRESSES):
            if written := read_text(address, "address"):
                self.holders[written] += references.naming(address, _HOLDERS, _HELD)


def _written(holder: Resource) -> Iterator[str]:
    if holder.type.token in FORWARDING:
        yield from filter(None, [read_text(holder, "ipAddress")])
        return
    for interface in read_list(holder, "networkInterfaces")[0]:
        yield from filter(None, [read_text(interface, "networkIp")])
