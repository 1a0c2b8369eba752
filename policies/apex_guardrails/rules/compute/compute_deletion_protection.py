"""Machines that hold data have deletion protection."""

from collections.abc import Iterator
from typing import Any

from apex_guardrails.gcp.disks import (
    ATTACHED_DISK,
    INSTANCES,
    StatefulLabel,
    given_disks,
    has_disk,
    is_labelled,
)
from apex_guardrails.model import UNKNOWN, Resource, Stack, Violation, case, rule


@rule(
    severity="high",
    on=(*INSTANCES, ATTACHED_DISK),
    scope="stack",
    fix="Set deletion_protection=True.",
    level="advisory",
    parameters=StatefulLabel,
)
def compute_deletion_protection(stack: Stack, stateful: StatefulLabel) -> Iterator[Violation]:
    """One destroy or API call removes the database host."""
    given = given_disks(stack)

    def check(machine: Resource) -> Iterator[Violation]:
        # Omitted: not protected (the provider's default; a template cannot say it).
        if machine.get("deletionProtection", omitted=False) is True:
            return
        if machine.urn in given or has_disk(machine) or is_labelled(machine, stateful):
            yield machine.fail("holds data and can be deleted", at="deletionProtection")

    yield from stack.each(stack.of_type(*INSTANCES), check)


VM, FROM_TEMPLATE, FROM_IMAGE = INSTANCES
DATA = [{"source": "data"}]
LABEL = {"stateful": "true"}


def _attached(instance: object, **inputs: Any) -> case.CaseResource:
    return case.resource(ATTACHED_DISK, "disk", instance=instance, disk="data", **inputs)


CASES = [
    case.passes(case.resource(VM, attachedDisks=DATA, deletionProtection=True)),
    case.passes(case.resource(VM, labels=LABEL, deletionProtection=True)),
    case.fails(case.resource(VM, attachedDisks=DATA, deletionProtection=False)),
    case.fails(case.resource(VM, attachedDisks=DATA)),
    case.fails(case.resource(VM, attachedDisks=[UNKNOWN])),
    case.fails(case.resource(VM, attachedDisks=[{"source": UNKNOWN, "mode": "READ_WRITE"}])),
    case.passes(case.resource(VM, attachedDisks=[{"source": "data", "mode": "READ_ONLY"}])),
    case.passes(case.resource(VM, attachedDisks=[])),
    case.passes(case.resource(VM, labels={"app": "a"})),
    case.passes(case.resource(VM)),
    case.fails(case.resource(VM, labels=LABEL)),
    case.fails(case.resource(VM, labels={"stateful": ""})),
    *(case.passes(case.resource(VM, labels={"stateful": value})) for value in ("false", "No", "0")),
    case.fails(case.resource(VM, labels={"data": "yes"}), _parameters={"label": "data"}),
    case.passes(case.resource(VM, labels=LABEL), _parameters={"label": "data"}),
    case.fails(case.resource(FROM_TEMPLATE, attachedDisks=DATA)),
    case.fails(case.resource(FROM_IMAGE, labels=LABEL)),
    case.passes(case.resource(FROM_IMAGE, labels=LABEL, deletionProtection=True)),
    case.passes(case.resource(FROM_IMAGE)),
    case.fails(case.resource(VM, "vm", name="vm-1"), _attached(case.output_of("vm"))),
    case.fails(case.resource(VM, "vm", name="vm-1"), _attached("vm-1")),
    case.fails(
        case.resource(FROM_TEMPLATE, "vm", name="vm-1"),
        _attached("projects/p/zones/us-central1-b/instances/vm-1"),
    ),
    case.passes(case.resource(VM, name="vm-1"), _attached("vm-2")),
    case.passes(case.resource(VM, name="vm-1"), _attached("vm-1", mode="READ_ONLY")),
    case.undecided(case.resource(VM, attachedDisks=DATA, deletionProtection=UNKNOWN)),
    case.undecided(case.resource(VM, attachedDisks=UNKNOWN)),
    case.undecided(case.resource(VM, labels={"stateful": UNKNOWN})),
    case.undecided(case.resource(VM, labels=UNKNOWN)),
    case.fails(case.resource(VM, labels=UNKNOWN), case.resource(VM, attachedDisks=DATA)),
]
