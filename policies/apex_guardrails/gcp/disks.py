"""Which disks hold data, and which machines have them."""

from __future__ import annotations

from pydantic import Field

from apex_guardrails.gcp.references import Named
from apex_guardrails.gcp.types import (
    COMPUTE_ATTACHED_DISK,
    COMPUTE_DISK,
    COMPUTE_INSTANCE,
    COMPUTE_INSTANCE_FROM_MACHINE_IMAGE,
    COMPUTE_INSTANCE_FROM_TEMPLATE,
    COMPUTE_REGION_DISK,
)
from apex_guardrails.model.policy import Parameters
from apex_guardrails.model.resource import Resource
from apex_guardrails.model.stack import Stack
from apex_guardrails.model.value import UNKNOWN, join_path, unwrap
from apex_guardrails.model.view import UndecidedError

DISKS = (COMPUTE_DISK, COMPUTE_REGION_DISK)
INSTANCES = (COMPUTE_INSTANCE, COMPUTE_INSTANCE_FROM_TEMPLATE, COMPUTE_INSTANCE_FROM_MACHINE_IMAGE)

DEFAULT_TYPE = "pd-standard"
"""The type of a disk that says none (Compute Engine API, instances, initializeParams, 2026-11)."""

BOOT_GIB = 10
"""The size of Google's usual boot images, and so of a disk of one that says none (Compute Engine
documentation, 2026-11)."""


class StatefulLabel(Parameters):
    """How a program says that a machine or a disk holds data."""

    label: str = Field(
        "stateful",
        description=(
            "The label of a machine or disk that holds data; with the value false, it does not say "
            "so."
        ),
    )


def is_labelled(resource: Resource, stateful: StatefulLabel) -> bool:
    """Whether its label says that it holds data.

    Raises:
        UndecidedError: the label is not known before deployment.
    """
    value = unwrap(resource.mapping("labels").get(stateful.label))
    if value is UNKNOWN:
        raise UndecidedError(join_path("labels", stateful.label))
    return value is not None and str(value).lower() not in ("false", "no", "0")


def is_data_disk(disk: Resource, stateful: StatefulLabel) -> bool:
    """Whether a disk of its own holds data: it does, unless it starts as a copy of an image.

    Raises:
        UndecidedError: the label of one with an image is not known before deployment.
    """
    return not disk.is_set("image") or is_labelled(disk, stateful)


def has_disk(machine: Resource) -> bool:
    """Whether a machine itself names a disk that it writes to, besides the one it starts from.

    Raises:
        UndecidedError: its disks are not known before deployment.
    """
    if machine.type.token == COMPUTE_INSTANCE_FROM_MACHINE_IMAGE:
        return False  # the image says which it has
    machine.get("attachedDisks")  # whether it is known
    return any(disk.peek("mode") != "READ_ONLY" for disk in machine.elements("attachedDisks"))


def given_disks(stack: Stack) -> set[str]:
    """The URNs of the machines to which another resource attaches a disk that they write to."""
    machines = Named(stack, *INSTANCES)
    return {
        machine.urn
        for attached in stack.of_type(COMPUTE_ATTACHED_DISK)
        if attached.peek("mode") != "READ_ONLY"
        for machine in machines.at(attached, "instance")
    }
