"""Custom images are not shared with everyone."""

from collections.abc import Iterator

from policies.model import Complaint, Resource, rule
from policies.model.google.public_members import public_member_cases, public_members

GRANTS = (
    "gcp:compute/imageIamMember:ImageIamMember",
    "gcp:compute/snapshotIamMember:SnapshotIamMember",
    "gcp:compute/diskIamMember:DiskIamMember",
    "gcp:compute/machineImageIamMember:MachineImageIamMember",
    "gcp:compute/imageIamBinding:ImageIamBinding",
    "gcp:compute/snapshotIamBinding:SnapshotIamBinding",
)


@rule(
    severity="high",
    on=GRANTS,
    fix="Remove the public member.",
)
def compute_image_not_public(grant: Resource) -> Iterator[Complaint]:
    """Baked-in secrets and software leak."""
    yield from public_members(grant)


CASES = list(public_member_cases(GRANTS))
