"""Data disks in instance templates are kept when the VM is deleted."""

from collections.abc import Iterator

from apex_guardrails.gcp.types import COMPUTE_INSTANCE_TEMPLATE, COMPUTE_REGION_INSTANCE_TEMPLATE
from apex_guardrails.model import Resource, Violation, case, rule

TEMPLATES = (COMPUTE_INSTANCE_TEMPLATE, COMPUTE_REGION_INSTANCE_TEMPLATE)


# An instance never deletes the disks in its `attachedDisks`; that it has one where it holds data is
# asked by compute-data-disk-separate.
@rule(
    severity="high",
    on=TEMPLATES,
    fix="Set auto_delete=False on the disks that hold data.",
    level="advisory",
)
def compute_data_disk_kept_on_delete(template: Resource) -> Iterator[Violation]:
    """Deleting or autohealing the VM deletes the data."""
    for disk in template.each("disks"):
        # A local SSD cannot be kept. The first disk is the one to start from, unless it says no.
        is_first = disk.path == "disks[0]"
        if disk.peek("type") == "SCRATCH" or disk.get("boot", omitted=is_first) is True:
            continue
        # Omitted: deleted: the provider's default.
        if disk.get("autoDelete", omitted=True) is not False:
            yield disk.fail("is deleted with the VM", at="autoDelete")


BOOT = {"sourceImage": "debian-cloud/debian-12", "boot": True}
CASES = [
    case.passes(disks=[BOOT, {"autoDelete": False}]),
    case.passes(disks=[BOOT, {"type": "SCRATCH", "diskType": "local-ssd"}]),
    case.passes(disks=[{"sourceImage": "debian-cloud/debian-12"}]),
    case.passes(disks=[]),
    case.passes(),
    case.fails(disks=[BOOT, {"autoDelete": True}]),
    case.fails(disks=[BOOT, {"boot": False, "source": case.UNKNOWN}]),
    case.fails(disks=[{"boot": False}, BOOT]),
    case.fails(disks=[case.UNKNOWN, {"type": case.UNKNOWN}]),
    case.fails(case.resource(TEMPLATES[1], disks=[BOOT, {}])),
    case.undecided(disks=case.UNKNOWN),
    case.undecided(disks=[BOOT, case.UNKNOWN]),
    case.undecided(disks=[BOOT, {"boot": case.UNKNOWN}]),
    case.undecided(disks=[BOOT, {"autoDelete": case.UNKNOWN}]),
]
