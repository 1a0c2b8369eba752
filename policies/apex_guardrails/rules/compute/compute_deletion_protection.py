"""VMs that hold data have deletion protection."""

from collections.abc import Iterator
from typing import Any

from apex_guardrails.gcp.disks import INSTANCES, StatefulLabel, given_disks, has_disk, is_labelled
from apex_guardrails.gcp.types import (
    COMPUTE_ATTACHED_DISK,
    COMPUTE_INSTANCE,
    COMPUTE_INSTANCE_FROM_MACHINE_IMAGE,
    COMPUTE_INSTANCE_FROM_TEMPLATE,
)
from apex_guardrails.model import UNKNOWN, Resource, Stack, Violation, case, rule


@rule(
    severity="high",
    on=(*INSTANCES, COMPUTE_ATTACHED_DISK),
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
            yield machine.fail("holds data but can be deleted", at="deletionProtection")

    yield from stack.each(stack.of_type(*INSTANCES), check)


DATA = [{"source": "data"}]
LABEL = {"stateful": "true"}


def _attached(instance: object, **inputs: Any) -> case.CaseResource:
    return case.resource(COMPUTE_ATTACHED_DISK, "disk", instance=instance, disk="data", **inputs)


CASES = [
    case.passes(case.resource(COMPUTE_INSTANCE, attachedDisks=DATA, deletionProtection=True)),
    case.passes(case.resource(COMPUTE_INSTANCE, labels=LABEL, deletionProtection=True)),
    case.fails(case.resource(COMPUTE_INSTANCE, attachedDisks=DATA, deletionProtection=False)),
    case.fails(case.resource(COMPUTE_INSTANCE, attachedDisks=DATA)),
    case.fails(case.resource(COMPUTE_INSTANCE, attachedDisks=[UNKNOWN])),
    case.fails(
        case.resource(COMPUTE_INSTANCE, attachedDisks=[{"source": UNKNOWN, "mode": "READ_WRITE"}])
    ),
    case.passes(
        case.resource(COMPUTE_INSTANCE, attachedDisks=[{"source": "data", "mode": "READ_ONLY"}])
    ),
    case.passes(case.resource(COMPUTE_INSTANCE, attachedDisks=[])),
    case.passes(case.resource(COMPUTE_INSTANCE, labels={"app": "a"})),
    case.passes(case.resource(COMPUTE_INSTANCE)),
    case.fails(case.resource(COMPUTE_INSTANCE, labels=LABEL)),
    case.fails(case.resource(COMPUTE_INSTANCE, labels={"stateful": ""})),
    *(
        case.passes(case.resource(COMPUTE_INSTANCE, labels={"stateful": value}))
        for value in ("false", "No", "0")
    ),
    case.fails(
        case.resource(COMPUTE_INSTANCE, labels={"data": "yes"}), _parameters={"label": "data"}
    ),
    case.passes(case.resource(COMPUTE_INSTANCE, labels=LABEL), _parameters={"label": "data"}),
    case.fails(case.resource(COMPUTE_INSTANCE_FROM_TEMPLATE, attachedDisks=DATA)),
    case.fails(case.resource(COMPUTE_INSTANCE_FROM_MACHINE_IMAGE, labels=LABEL)),
    case.passes(
        case.resource(COMPUTE_INSTANCE_FROM_MACHINE_IMAGE, labels=LABEL, deletionProtection=True)
    ),
    case.passes(case.resource(COMPUTE_INSTANCE_FROM_MACHINE_IMAGE)),
    case.fails(case.resource(COMPUTE_INSTANCE, "vm", name="vm-1"), _attached(case.output_of("vm"))),
    case.fails(case.resource(COMPUTE_INSTANCE, "vm", name="vm-1"), _attached("vm-1")),
    case.fails(
        case.resource(COMPUTE_INSTANCE_FROM_TEMPLATE, "vm", name="vm-1"),
        _attached("projects/p/zones/us-central1-b/instances/vm-1"),
    ),
    case.passes(case.resource(COMPUTE_INSTANCE, name="vm-1"), _attached("vm-2")),
    case.passes(case.resource(COMPUTE_INSTANCE, name="vm-1"), _attached("vm-1", mode="READ_ONLY")),
    case.undecided(case.resource(COMPUTE_INSTANCE, attachedDisks=DATA, deletionProtection=UNKNOWN)),
    case.undecided(case.resource(COMPUTE_INSTANCE, attachedDisks=UNKNOWN)),
    case.undecided(case.resource(COMPUTE_INSTANCE, labels={"stateful": UNKNOWN})),
    case.undecided(case.resource(COMPUTE_INSTANCE, labels=UNKNOWN)),
    case.fails(
        case.resource(COMPUTE_INSTANCE, labels=UNKNOWN),
        case.resource(COMPUTE_INSTANCE, attachedDisks=DATA),
    ),
]
