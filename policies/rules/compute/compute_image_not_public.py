"""Custom images are not shared with everyone."""

from collections.abc import Iterator

from policies.model import Complaint, Resource, rule
from policies.model.google.iam import grant_types
from policies.model.google.public_members import public_member_cases, public_members

GRANTS = grant_types(
    "compute/imageIam", "compute/snapshotIam", "compute/diskIam", "compute/machineImageIam"
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
