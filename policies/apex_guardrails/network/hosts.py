"""Machines as firewalls and the internet know them: each by itself, or a group by its template.

A machine is described by what is said on it, and where it says nothing, by what it is made from: a
template, or the machine that a machine image was taken of. What those of another stack say is not
known.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from apex_guardrails.gcp.accounts import MACHINE_ACCOUNT
from apex_guardrails.gcp.references import short_name
from apex_guardrails.gcp.types import (
    COMPUTE_INSTANCE,
    COMPUTE_INSTANCE_FROM_MACHINE_IMAGE,
    COMPUTE_INSTANCE_FROM_TEMPLATE,
    COMPUTE_INSTANCE_GROUP_MANAGER,
    COMPUTE_INSTANCE_TEMPLATE,
    COMPUTE_MACHINE_IMAGE,
    COMPUTE_PER_INSTANCE_CONFIG,
    COMPUTE_REGION_INSTANCE_GROUP_MANAGER,
    COMPUTE_REGION_INSTANCE_TEMPLATE,
    COMPUTE_REGION_PER_INSTANCE_CONFIG,
    COMPUTE_SUBNETWORK,
)
from apex_guardrails.model.resource import Resource
from apex_guardrails.model.value import UNKNOWN
from apex_guardrails.model.view import View
from apex_guardrails.network.references import References, read_list, read_texts

MACHINES: Final = (
    COMPUTE_INSTANCE,
    COMPUTE_INSTANCE_FROM_TEMPLATE,
    COMPUTE_INSTANCE_FROM_MACHINE_IMAGE,
)
GROUPS: Final = (COMPUTE_INSTANCE_GROUP_MANAGER, COMPUTE_REGION_INSTANCE_GROUP_MANAGER)
TEMPLATES: Final = (COMPUTE_INSTANCE_TEMPLATE, COMPUTE_REGION_INSTANCE_TEMPLATE)
PER_INSTANCE: Final = {
    COMPUTE_PER_INSTANCE_CONFIG: "instanceGroupManager",
    COMPUTE_REGION_PER_INSTANCE_CONFIG: "regionInstanceGroupManager",
}
"""What one machine of a group has for itself, and the input that names the group."""

_SOURCES: Final = {
    COMPUTE_INSTANCE_FROM_TEMPLATE: ("sourceInstanceTemplate", TEMPLATES),
    COMPUTE_INSTANCE_FROM_MACHINE_IMAGE: ("sourceMachineImage", (COMPUTE_MACHINE_IMAGE,)),
    COMPUTE_MACHINE_IMAGE: ("sourceInstance", MACHINES),
}
"""What a machine is made from: the input that names it, and its types."""

_ADDRESSES: Final = ("accessConfigs", "ipv6AccessConfigs")

_MOST_STEPS: Final = 8
"""Of images of machines made from images; more is a circle."""


@dataclass(frozen=True)
class Signature:
    """What firewall rules know a machine by.

    Attributes:
        networks: URNs of the stack's networks, names of others.
        accounts: URNs of the stack's service accounts, and emails.
        is_known: whether networks, tags and accounts are all known.
    """

    networks: frozenset[str]
    tags: frozenset[str]
    accounts: frozenset[str]
    is_known: bool


@dataclass(frozen=True)
class Host:
    """A machine, or a group of machines.

    Attributes:
        described: what describes it, in the order in which it counts; itself first.
        made_by: the input that names what it is made from; "" for a machine that is made from none.
        is_whole: whether all that describes it is in the stack.
        has_address: whether it has an external address; `None` where that is not known.
        address: where that is said.
    """

    resource: Resource
    described: tuple[Resource, ...]
    made_by: str
    is_whole: bool
    signature: Signature
    subnetworks: tuple[str, ...]
    has_address: bool | None
    address: View | None

    @property
    def address_path(self) -> str:
        """Where the machine's own inputs, or what it is made from, give it its address."""
        if self.address is not None and self.address.resource is self.resource:
            return self.address.path
        return self.made_by or "networkInterfaces"


def find_hosts(references: References) -> Iterator[Host]:
    """All machines, and each group once for each of its templates."""
    for resource in references.stack.of_type(*MACHINES):
        described, is_whole = _described(references, resource)
        made_by = _SOURCES.get(resource.type.token, ("", ()))[0]
        yield _host(references, resource, described, made_by, is_whole=is_whole)
    kept = _kept(references)
    for group in references.stack.of_type(*GROUPS):
        own = [*kept.get(group.urn, ())]
        if group.peek("statefulExternalIps"):
            own.append(group.at("statefulExternalIps"))
        for path, template in _templates(references, group):
            described = (group, template) if template else (group,)
            yield _host(
                references, group, described, path, is_whole=template is not None, own=tuple(own)
            )


def _described(references: References, machine: Resource) -> tuple[tuple[Resource, ...], bool]:
    """A machine and what it is made from; and whether all of that is in the stack."""
    found = [machine]
    last: Resource = machine
    for _ in range(_MOST_STEPS):
        if last.type.token not in _SOURCES:
            return tuple(found), True
        path, tokens = _SOURCES[last.type.token]
        named = references.named(last, path, *tokens)
        if len(named) != 1:
            break
        last = named[0]
        if last.type.token != COMPUTE_MACHINE_IMAGE:
            found.append(last)
    return tuple(found), False


def _templates(references: References, group: Resource) -> Iterator[tuple[str, Resource | None]]:
    """The templates of a group, with where it names them; `None` for one of another stack."""
    has_any = False
    for view in group.elements("versions"):
        path = f"{view.path}.instanceTemplate"
        named: list[Resource | None] = [*references.named(group, path, *TEMPLATES)]
        has_any = True
        yield from ((path, template) for template in named or [None])
    if not has_any:
        yield "versions", None


def _kept(references: References) -> dict[str, list[View]]:
    """The external addresses that single machines of a group keep, by the group's URN."""
    found: dict[str, list[View]] = {}
    for config in references.stack.of_type(*PER_INSTANCE):
        path = "preservedState.externalIps"
        if config.peek(path):
            for group in references.named(config, PER_INSTANCE[config.type.token], *GROUPS):
                found.setdefault(group.urn, []).append(config.at(path))
    return found


def find_saying(described: tuple[Resource, ...], path: str) -> View | None:
    """What the first that says anything at a path says; a group says it in its templates alone."""
    for resource in described:
        if resource.type.token not in GROUPS and resource.peek(path):
            return resource.at(path)
    return None


def _host(  # noqa: PLR0913 each is a fact of its own
    references: References,
    resource: Resource,
    described: tuple[Resource, ...],
    made_by: str,
    *,
    is_whole: bool,
    own: tuple[View, ...] = (),
) -> Host:
    tags = find_saying(described, "tags")
    names, is_unknown = read_texts(tags.resource, tags.path) if tags else ([], not is_whole)
    account = find_saying(described, "serviceAccount")
    accounts, are_known = (
        references.accounts(account.resource, MACHINE_ACCOUNT)
        if account
        else (frozenset[str](), is_whole)
    )
    at = find_saying(described, "networkInterfaces")
    interfaces, is_partial = read_list(at.resource, at.path) if at else ([], not is_whole)
    networks: set[str] = set()
    subnetworks: dict[str, None] = {}
    for interface in interfaces:
        for subnetwork in references.named(interface, "subnetwork", COMPUTE_SUBNETWORK):
            subnetworks[subnetwork.urn] = None
            networks |= references.networks(subnetwork, "network")
        networks |= references.networks(interface, "network")
        if not networks and short_name(interface.peek("subnetwork")) == "default":
            networks.add("default")
    has_address, address = _address(interfaces, own, is_partial=is_partial)
    is_known = not (is_unknown or is_partial) and are_known
    signature = Signature(frozenset(networks), frozenset(names), accounts, is_known)
    return Host(
        resource,
        described,
        made_by,
        is_whole,
        signature,
        tuple(subnetworks),
        has_address,
        address or at,
    )


def _address(
    interfaces: list[View], own: tuple[View, ...], *, is_partial: bool
) -> tuple[bool | None, View | None]:
    """Whether a machine has an external address, and where that is said."""
    perhaps: View | None = None
    for view in (*own, *(item.at(name) for item in interfaces for name in _ADDRESSES)):
        value = view.peek("")
        if value is UNKNOWN:
            perhaps = perhaps or view
        elif value:
            return True, view
    return (None if perhaps or is_partial else False), perhaps
