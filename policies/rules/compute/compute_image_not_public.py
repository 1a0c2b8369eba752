"""Custom images are not shared with everyone."""

from collections.abc import Iterator

from policies.model import Complaint, Resource, case, rule
from policies.model.google.iam import grants, is_public


@rule(
    severity="high",
    on=(
        "gcp:compute/imageIamMember:ImageIamMember",
        "gcp:compute/snapshotIamMember:SnapshotIamMember",
        "gcp:compute/diskIamMember:DiskIamMember",
        "gcp:compute/machineImageIamMember:MachineImageIamMember",
        "gcp:compute/imageIamBinding:ImageIamBinding",
        "gcp:compute/snapshotIamBinding:SnapshotIamBinding",
    ),
    fix="Remove the public member.",
)
def compute_image_not_public(grant: Resource) -> Iterator[Complaint]:
    """Baked-in secrets and software leak."""
    for given in grants(grant):
        if is_public(given.member):
            yield grant.fail(f"grants {given.shown_role} to {given.member}", at=given.path)


CASES = [
    case.passes(role="roles/viewer", member="group:a@example.org"),
    case.passes(member="user:a@example.org"),
    case.passes(role="roles/viewer"),
    case.fails(role="roles/viewer", member="allUsers"),
    case.fails(role="roles/viewer", member="allAuthenticatedUsers"),
    case.fails(member="allUsers"),
    case.undecided(role="roles/viewer", member=case.UNKNOWN),
    case.passes(role=case.UNKNOWN, member="group:a@example.org"),
    case.fails(role=case.UNKNOWN, member="allUsers"),
    case.fails(
        case.resource(
            "gcp:compute/snapshotIamMember:SnapshotIamMember", role="r", member="allUsers"
        )
    ),
    case.fails(
        case.resource("gcp:compute/diskIamMember:DiskIamMember", role="r", member="allUsers")
    ),
    case.fails(
        case.resource(
            "gcp:compute/machineImageIamMember:MachineImageIamMember", role="r", member="allUsers"
        )
    ),
    case.fails(
        case.resource(
            "gcp:compute/imageIamBinding:ImageIamBinding", role="r", members=["a", "allUsers"]
        )
    ),
    case.passes(
        case.resource("gcp:compute/imageIamBinding:ImageIamBinding", role="r", members=["a"])
    ),
    case.passes(case.resource("gcp:compute/imageIamBinding:ImageIamBinding", role="r", members=[])),
    case.passes(case.resource("gcp:compute/imageIamBinding:ImageIamBinding", role="r")),
    case.undecided(
        case.resource("gcp:compute/imageIamBinding:ImageIamBinding", role="r", members=case.UNKNOWN)
    ),
    case.undecided(
        case.resource("gcp:compute/imageIamBinding:ImageIamBinding", members=[case.UNKNOWN])
    ),
    case.fails(
        case.resource(
            "gcp:compute/snapshotIamBinding:SnapshotIamBinding", role="r", members=["a", "allUsers"]
        )
    ),
    case.passes(
        case.resource("gcp:compute/snapshotIamBinding:SnapshotIamBinding", role="r", members=["a"])
    ),
    case.passes(
        case.resource("gcp:compute/snapshotIamBinding:SnapshotIamBinding", role="r", members=[])
    ),
    case.passes(case.resource("gcp:compute/snapshotIamBinding:SnapshotIamBinding", role="r")),
    case.undecided(
        case.resource(
            "gcp:compute/snapshotIamBinding:SnapshotIamBinding", role="r", members=case.UNKNOWN
        )
    ),
    case.undecided(
        case.resource("gcp:compute/snapshotIamBinding:SnapshotIamBinding", members=[case.UNKNOWN])
    ),
]
