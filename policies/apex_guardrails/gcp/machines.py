"""Virtual machines and their templates: the types, the metadata, the scripts they start with."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from apex_guardrails.gcp.inputs import Input
from apex_guardrails.gcp.types import (
    COMPUTE_INSTANCE,
    COMPUTE_INSTANCE_FROM_MACHINE_IMAGE,
    COMPUTE_INSTANCE_FROM_TEMPLATE,
    COMPUTE_INSTANCE_TEMPLATE,
    COMPUTE_PROJECT_METADATA,
    COMPUTE_PROJECT_METADATA_ITEM,
    COMPUTE_REGION_INSTANCE_TEMPLATE,
)
from apex_guardrails.model.resource import Resource
from apex_guardrails.model.value import Value, filled
from apex_guardrails.model.view import UndecidedError, View
from apex_guardrails.model.violation import Violation

MACHINES = (
    COMPUTE_INSTANCE,
    COMPUTE_INSTANCE_FROM_TEMPLATE,
    COMPUTE_INSTANCE_TEMPLATE,
    COMPUTE_REGION_INSTANCE_TEMPLATE,
    COMPUTE_INSTANCE_FROM_MACHINE_IMAGE,
)

NODE_MACHINE = Input("nodeConfig.machineType", omitted="e2-medium")
"""Of a cluster or a pool of nodes (GKE API, NodeConfig, 2026-11)."""

CONNECTOR_MACHINE = Input("machineType", omitted="e2-micro")
"""Of a Serverless VPC Access connector (the provider's default)."""

_MADE = (COMPUTE_INSTANCE_FROM_TEMPLATE, COMPUTE_INSTANCE_FROM_MACHINE_IMAGE)


def is_left_open(machine: Resource, path: str) -> bool:
    """Whether a machine leaves an input to the template or machine image that it is made from.

    What is said on it is judged as on any other; what it omits, a rule cannot see.
    """
    return machine.type.token in _MADE and not machine.is_set(path)


def is_preemptible(machine: Resource) -> bool:
    """Whether Google may stop it whenever it needs the room, or after a time.

    Omitted: neither (the provider's page of compute.Instance, 2026-11).

    Raises:
        UndecidedError: it is not known before deployment.
    """
    if machine.get("scheduling.preemptible", omitted=False) is True:
        return True
    model = machine.get("scheduling.provisioningModel", omitted="STANDARD")
    return str(model).upper() in ("SPOT", "FLEX_START")


PROJECT_METADATA = (COMPUTE_PROJECT_METADATA, COMPUTE_PROJECT_METADATA_ITEM)
"""A project's metadata, all of it or one key: it holds for machines that say nothing else."""

SCRIPTS = ("startup-script", "shutdown-script", "user-data", "windows-startup-script-ps1")
"""The metadata keys that a machine executes (Compute Engine documentation, 2026-11)."""


def is_true(value: Value) -> bool:
    """Whether metadata reads a value as true: TRUE, Y, Yes or 1, in any case.

    Source: Compute Engine documentation, "Boolean values" of VM metadata, 2026-11.
    """
    return str(value).strip().lower() in ("true", "y", "yes", "1")


def metadata_flag(resource: Resource, key: str) -> bool | None:
    """A yes or no in a machine's metadata; `None` where the program leaves it out.

    Raises:
        UndecidedError: the value is not known before deployment.
    """
    value = resource.get(f'metadata["{key}"]')
    return None if value is None or value == "" else is_true(value)


def read_scripts(resource: Resource) -> Iterator[View]:
    """What a machine executes when it starts or stops; each view is one text.

    One that is omitted is among them; of one that is not known, reading raises `UndecidedError`.
    """
    for path in ("metadataStartupScript", *(f'metadata["{key}"]' for key in SCRIPTS)):
        yield resource.at(path)


HOLE = "\ufffc"
"""Stands in a script for a part that is not known: Unicode's character for what is no text."""

_COMMAND = re.compile(rf"^[ \t]*{HOLE}[ \t;]*$|(?:sh\s+-\w*c|\beval)\s+[\"']?{HOLE}", re.MULTILINE)


def script_violations(
    machine: Resource,
    faults: Callable[[str], Iterable[str]],
    unclear: re.Pattern[str] | None = None,
) -> Iterator[Violation]:
    """A violation about each fault in what a machine executes, as far as it is known.

    A part that is not known is a word of a command, and no reason not to decide, unless it is where
    a whole command may be.

    Args:
        machine: whose scripts.
        faults: what is wrong with a script, in which a `HOLE` stands for what is not known.
        unclear: where else a `HOLE` may be at fault.

    Raises:
        UndecidedError: after all violations: a script, or a part of one that matters, is not known.
    """

    def check(script: View) -> Iterator[Violation]:
        parts = script.known_parts("")
        if parts is None:
            script.get("")
            return
        text = filled(parts, HOLE)
        yield from map(script.fail, faults(text))
        # What is known as a whole is not searched.
        if HOLE in text and (_COMMAND.search(text) or (unclear and unclear.search(text))):
            raise UndecidedError(script.path, machine)

    yield from machine.stack.each(read_scripts(machine), check)
