"""VMs that are marked as holding data have a separate data disk."""

from collections.abc import Iterator
from typing import Any

from apex_guardrails.gcp.disks import INSTANCES, StatefulLabel, given_disks, has_disk, is_labelled
from apex_guardrails.gcp.types import COMPUTE_ATTACHED_DISK, COMPUTE_INSTANCE
from apex_guardrails.model import UNKNOWN, Resource, Stack, Violation, case, rule


@rule(
    severity="high",
    on=(COMPUTE_INSTANCE, COMPUTE_ATTACHED_DISK),
    scope="stack",
    fix="Create gcp.compute.Disk, and attach it with attached_disks or an AttachedDisk.",
    parameters=StatefulLabel,
)
def compute_data_disk_separate(stack: Stack, stateful: StatefulLabel) -> Iterator[Violation]:
    """Recreating the VM deletes its boot disk, and the data on it."""
    given = given_disks(stack)

    # A machine made from a template may have its disks from there.
    def check(machine: Resource) -> Iterator[Violation]:
        if machine.urn in given or not is_labelled(machine, stateful):
            return
        if not has_disk(machine):
            yield machine.fail("keeps its data on the boot disk", at="attachedDisks")

    yield from stack.each(stack.of_type(COMPUTE_INSTANCE), check)


LABEL = {"stateful": "true"}


def _vm(**inputs: Any) -> case.CaseResource:
    return case.resource(COMPUTE_INSTANCE, "vm", name="vm-1", **inputs)


def _attached(instance: object, **inputs: Any) -> case.CaseResource:
    return case.resource(COMPUTE_ATTACHED_DISK, "disk", instance=instance, disk="data", **inputs)


CASES = [
    case.passes(_vm(labels=LABEL, attachedDisks=[{"source": UNKNOWN}])),
    case.passes(_vm(labels=LABEL), _attached(case.output_of("vm"))),
    case.passes(_vm(labels=LABEL), _attached("projects/p/zones/us-central1-b/instances/vm-1")),
    case.passes(_vm(labels={"stateful": "false"})),
    case.passes(_vm(labels={"app": "a"})),
    case.passes(_vm()),
    case.passes(case.resource(INSTANCES[1], labels=LABEL)),
    case.passes(_vm(labels=LABEL), _parameters={"label": "data"}),
    case.fails(_vm(labels=LABEL)),
    case.fails(_vm(labels=LABEL, attachedDisks=[])),
    case.fails(_vm(labels=LABEL, attachedDisks=[{"source": "s", "mode": "READ_ONLY"}])),
    case.fails(_vm(labels=LABEL), _attached("vm-2")),
    case.fails(_vm(labels=LABEL), _attached("vm-1", mode="READ_ONLY")),
    case.fails(_vm(labels={"data": "yes"}), _parameters={"label": "data"}),
    case.undecided(_vm(labels=LABEL, attachedDisks=UNKNOWN)),
    case.undecided(_vm(labels={"stateful": UNKNOWN})),
    case.undecided(_vm(labels=UNKNOWN)),
    case.fails(_vm(labels=UNKNOWN), _vm(labels=LABEL)),
]
