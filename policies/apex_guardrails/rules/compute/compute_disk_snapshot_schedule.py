"""Data disks have a snapshot schedule."""

from collections.abc import Iterator
from typing import Any

from apex_guardrails.gcp.disks import DISKS, StatefulLabel, is_data_disk
from apex_guardrails.gcp.references import Named
from apex_guardrails.model import UNKNOWN, Resource, Stack, Violation, case, rule

POLICY = "gcp:compute/resourcePolicy:ResourcePolicy"
BACKUP = "gcp:backupdisasterrecovery/backupPlanAssociation:BackupPlanAssociation"
ATTACHMENTS = (
    "gcp:compute/diskResourcePolicyAttachment:DiskResourcePolicyAttachment",
    "gcp:compute/regionDiskResourcePolicyAttachment:RegionDiskResourcePolicyAttachment",
)


DISK, REGION_DISK = DISKS


@rule(
    severity="high",
    on=(*DISKS, *ATTACHMENTS, POLICY, BACKUP),
    scope="stack",
    fix=(
        "Create gcp.compute.ResourcePolicy with snapshot_schedule_policy, and attach it with a "
        "DiskResourcePolicyAttachment."
    ),
    level="advisory",
    parameters=StatefulLabel,
)
def compute_disk_snapshot_schedule(stack: Stack, stateful: StatefulLabel) -> Iterator[Violation]:
    """A corrupted file system cannot be rolled back."""
    disks, policies = Named(stack, *DISKS), Named(stack, POLICY)

    def is_schedule(resource: Resource, path: str) -> bool:
        """Whether the policy that an input names is one; another stack's is taken for one."""
        found = list(policies.at(resource, path))
        return not found or any(policy.is_set("snapshotSchedulePolicy") for policy in found)

    # An attachment has the name of its policy.
    covered = {
        disk.urn
        for attachment in stack.of_type(*ATTACHMENTS)
        if is_schedule(attachment, "name")
        for disk in disks.at(attachment, "disk")
    }
    for association in stack.of_type(BACKUP):
        covered |= {disk.urn for disk in disks.at(association, "resource")}

    def check(disk: Resource) -> Iterator[Violation]:
        if disk.urn in covered or not is_data_disk(disk, stateful):
            return
        if not any(is_schedule(disk, path) for path in _own_policies(disk)):
            yield disk.fail("has no snapshot schedule", at="resourcePolicies")

    yield from stack.each(stack.of_type(*DISKS), check)


def _own_policies(disk: Resource) -> list[str]:
    """The inputs by which a disk names its policies itself, which a regional one cannot."""
    if disk.type.token != DISK:
        return []
    path = "resourcePolicies"
    return [path] if disk.peek(path) is UNKNOWN else list(disk.paths(f"{path}[]"))


DATA = case.resource(DISK, "data", name="data-1")
SCHEDULE = case.resource(POLICY, "daily", name="daily-1", snapshotSchedulePolicy={"schedule": {}})
GROUP = case.resource(POLICY, "daily", name="daily-1", groupPlacementPolicy={})


def _attachment(name: object, disk: object) -> case.CaseResource:
    return case.resource(ATTACHMENTS[0], "attachment", name=name, disk=disk)


def _disk(*resource_policies: object, **inputs: Any) -> case.CaseResource:
    return case.resource(DISK, resourcePolicies=list(resource_policies), **inputs)


CASES = [
    case.passes(DATA, SCHEDULE, _attachment(case.output_of("daily"), case.output_of("data"))),
    case.passes(DATA, SCHEDULE, _attachment("daily-1", "data-1")),
    case.passes(DATA, _attachment("elsewhere", "projects/p/zones/us-central1-b/disks/data-1")),
    case.passes(DATA, _attachment(UNKNOWN, case.output_of("data"))),
    case.fails(DATA, GROUP, _attachment(case.output_of("daily"), case.output_of("data"))),
    case.fails(DATA, GROUP, _attachment("daily-1", "data-1")),
    case.fails(DATA, SCHEDULE, _attachment("daily-1", "data-2")),
    case.fails(DATA, SCHEDULE),
    case.fails(case.resource(REGION_DISK)),
    case.passes(
        case.resource(REGION_DISK, "data", name="data-1"),
        case.resource(ATTACHMENTS[1], "attachment", name="elsewhere", disk="data-1"),
    ),
    case.passes(_disk(case.output_of("daily")), SCHEDULE),
    case.passes(_disk("projects/p/regions/us-central1/resourcePolicies/daily-1"), SCHEDULE),
    case.passes(_disk("elsewhere")),
    case.passes(_disk("daily-1", "elsewhere"), GROUP),
    case.passes(case.resource(DISK, resourcePolicies=case.output_of("daily")), SCHEDULE),
    case.passes(case.resource(DISK, resourcePolicies=UNKNOWN)),
    case.fails(case.resource(DISK, resourcePolicies=case.output_of("daily")), GROUP),
    case.fails(_disk(case.output_of("daily")), GROUP),
    case.fails(_disk("daily-1"), GROUP),
    case.fails(_disk()),
    case.passes(DATA, case.resource(BACKUP, resource=case.output_of("data"))),
    case.fails(DATA, case.resource(BACKUP, resource="another")),
    case.passes(case.resource(DISK, image="debian-cloud/debian-12")),
    case.fails(case.resource(DISK, image="i", labels={"stateful": "yes"})),
    case.fails(
        case.resource(DISK, image="i", labels={"data": "yes"}), _parameters={"label": "data"}
    ),
    case.undecided(case.resource(DISK, image="i", labels={"stateful": UNKNOWN})),
    case.undecided(case.resource(DISK, image="i", labels=UNKNOWN)),
]
