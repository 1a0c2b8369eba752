"""Data disks have a snapshot schedule."""

from collections.abc import Iterator
from typing import Any

from apex_guardrails.gcp.disks import DISKS, StatefulLabel, is_data_disk
from apex_guardrails.gcp.references import Named
from apex_guardrails.gcp.types import (
    BACKUPDISASTERRECOVERY_BACKUP_PLAN_ASSOCIATION,
    COMPUTE_DISK,
    COMPUTE_DISK_RESOURCE_POLICY_ATTACHMENT,
    COMPUTE_REGION_DISK,
    COMPUTE_REGION_DISK_RESOURCE_POLICY_ATTACHMENT,
    COMPUTE_RESOURCE_POLICY,
)
from apex_guardrails.model import UNKNOWN, Resource, Stack, Violation, case, rule

ATTACHMENTS = (
    COMPUTE_DISK_RESOURCE_POLICY_ATTACHMENT,
    COMPUTE_REGION_DISK_RESOURCE_POLICY_ATTACHMENT,
)


@rule(
    severity="high",
    on=(
        *DISKS,
        *ATTACHMENTS,
        COMPUTE_RESOURCE_POLICY,
        BACKUPDISASTERRECOVERY_BACKUP_PLAN_ASSOCIATION,
    ),
    scope="stack",
    fix=(
        "Create gcp.compute.ResourcePolicy with snapshot_schedule_policy, and attach it with a "
        "DiskResourcePolicyAttachment."
    ),
    level="advisory",
    parameters=StatefulLabel,
)
def compute_disk_snapshot_schedule(stack: Stack, stateful: StatefulLabel) -> Iterator[Violation]:
    """Without snapshots, a corrupted file system cannot be restored."""
    disks, policies = Named(stack, *DISKS), Named(stack, COMPUTE_RESOURCE_POLICY)

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
    for association in stack.of_type(BACKUPDISASTERRECOVERY_BACKUP_PLAN_ASSOCIATION):
        covered |= {disk.urn for disk in disks.at(association, "resource")}

    def check(disk: Resource) -> Iterator[Violation]:
        if disk.urn in covered or not is_data_disk(disk, stateful):
            return
        if not any(is_schedule(disk, path) for path in _own_policies(disk)):
            yield disk.fail("has no snapshot schedule", at="resourcePolicies")

    yield from stack.each(stack.of_type(*DISKS), check)


def _own_policies(disk: Resource) -> list[str]:
    """The inputs by which a disk names its policies itself, which a regional one cannot."""
    if disk.type.token != COMPUTE_DISK:
        return []
    path = "resourcePolicies"
    return [path] if disk.peek(path) is UNKNOWN else list(disk.paths(f"{path}[]"))


DATA = case.resource(COMPUTE_DISK, "data", name="data-1")
SCHEDULE = case.resource(
    COMPUTE_RESOURCE_POLICY, "daily", name="daily-1", snapshotSchedulePolicy={"schedule": {}}
)
GROUP = case.resource(COMPUTE_RESOURCE_POLICY, "daily", name="daily-1", groupPlacementPolicy={})


def _attachment(name: object, disk: object) -> case.CaseResource:
    return case.resource(ATTACHMENTS[0], "attachment", name=name, disk=disk)


def _disk(*resource_policies: object, **inputs: Any) -> case.CaseResource:
    return case.resource(COMPUTE_DISK, resourcePolicies=list(resource_policies), **inputs)


CASES = [
    case.passes(DATA, SCHEDULE, _attachment(case.output_of("daily"), case.output_of("data"))),
    case.passes(DATA, SCHEDULE, _attachment("daily-1", "data-1")),
    case.passes(DATA, _attachment("elsewhere", "projects/p/zones/us-central1-b/disks/data-1")),
    case.passes(DATA, _attachment(UNKNOWN, case.output_of("data"))),
    case.fails(DATA, GROUP, _attachment(case.output_of("daily"), case.output_of("data"))),
    case.fails(DATA, GROUP, _attachment("daily-1", "data-1")),
    case.fails(DATA, SCHEDULE, _attachment("daily-1", "data-2")),
    case.fails(DATA, SCHEDULE),
    case.fails(case.resource(COMPUTE_REGION_DISK)),
    case.passes(
        case.resource(COMPUTE_REGION_DISK, "data", name="data-1"),
        case.resource(ATTACHMENTS[1], "attachment", name="elsewhere", disk="data-1"),
    ),
    case.passes(_disk(case.output_of("daily")), SCHEDULE),
    case.passes(_disk("projects/p/regions/us-central1/resourcePolicies/daily-1"), SCHEDULE),
    case.passes(_disk("elsewhere")),
    case.passes(_disk("daily-1", "elsewhere"), GROUP),
    case.passes(case.resource(COMPUTE_DISK, resourcePolicies=case.output_of("daily")), SCHEDULE),
    case.passes(case.resource(COMPUTE_DISK, resourcePolicies=UNKNOWN)),
    case.fails(case.resource(COMPUTE_DISK, resourcePolicies=case.output_of("daily")), GROUP),
    case.fails(_disk(case.output_of("daily")), GROUP),
    case.fails(_disk("daily-1"), GROUP),
    case.fails(_disk()),
    case.passes(
        DATA,
        case.resource(
            BACKUPDISASTERRECOVERY_BACKUP_PLAN_ASSOCIATION, resource=case.output_of("data")
        ),
    ),
    case.fails(
        DATA, case.resource(BACKUPDISASTERRECOVERY_BACKUP_PLAN_ASSOCIATION, resource="another")
    ),
    case.passes(case.resource(COMPUTE_DISK, image="debian-cloud/debian-12")),
    case.fails(case.resource(COMPUTE_DISK, image="i", labels={"stateful": "yes"})),
    case.fails(
        case.resource(COMPUTE_DISK, image="i", labels={"data": "yes"}),
        _parameters={"label": "data"},
    ),
    case.undecided(case.resource(COMPUTE_DISK, image="i", labels={"stateful": UNKNOWN})),
    case.undecided(case.resource(COMPUTE_DISK, image="i", labels=UNKNOWN)),
]
