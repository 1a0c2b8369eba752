"""Data disks are protected from deletion."""

from collections.abc import Iterator

from apex_guardrails.gcp.deletion import is_kept
from apex_guardrails.gcp.disks import DISKS, StatefulLabel, is_data_disk
from apex_guardrails.gcp.types import COMPUTE_REGION_DISK
from apex_guardrails.model import Resource, Violation, case, rule


@rule(
    severity="high",
    on=DISKS,
    fix="Pass opts=ResourceOptions(protect=True).",
    level="advisory",
    parameters=StatefulLabel,
)
def compute_data_disk_protected(disk: Resource, stateful: StatefulLabel) -> Iterator[Violation]:
    """A new name or zone replaces the disk, and the data is lost."""
    if is_data_disk(disk, stateful) and not is_kept(disk):
        yield disk.fail("loses its data when Pulumi replaces or destroys it")


CASES = [
    case.passes(case.resource(_protect=True)),
    case.passes(deletionPolicy="PREVENT"),
    case.passes(deletionPolicy="ABANDON"),
    case.passes(image="debian-cloud/debian-12"),
    case.passes(image=case.UNKNOWN, labels={"app": "a"}),
    case.passes(image="debian-cloud/debian-12", labels={"stateful": "false"}),
    case.fails(),
    case.fails(image=""),
    case.fails(deletionPolicy="DELETE"),
    case.fails(snapshot=case.UNKNOWN),
    case.fails(image="debian-cloud/debian-12", labels={"stateful": "true"}),
    case.fails(case.resource(COMPUTE_REGION_DISK)),
    case.passes(case.resource(COMPUTE_REGION_DISK, _protect=True)),
    case.fails(case.resource(image="i", labels={"data": "yes"}), _parameters={"label": "data"}),
    case.undecided(deletionPolicy=case.UNKNOWN),
    case.undecided(image="debian-cloud/debian-12", labels={"stateful": case.UNKNOWN}),
    case.undecided(image="debian-cloud/debian-12", labels=case.UNKNOWN),
    case.passes(image="debian-cloud/debian-12", labels={"stateful": case.secret("no")}),
]
