"""Secret access is granted on the secret, not on the project."""

from collections.abc import Iterator

from policies.model import Complaint, Resource, case, rule
from policies.model.google.iam import grants

READERS = (
    "roles/secretmanager.secretAccessor",
    "roles/secretmanager.admin",
    "roles/secretmanager.secretVersionManager",
)


@rule(
    severity="high",
    on=(
        "gcp:projects/iAMMember:IAMMember",
        "gcp:projects/iAMBinding:IAMBinding",
        "gcp:folder/iAMMember:IAMMember",
        "gcp:folder/iAMBinding:IAMBinding",
        "gcp:organizations/iAMMember:IAMMember",
        "gcp:organizations/iAMBinding:IAMBinding",
    ),
    fix="Use secretmanager.SecretIamMember.",
)
def secretmanager_accessor_at_secret_level(grant: Resource) -> Iterator[Complaint]:
    """A project-level accessor reads every secret, including future ones."""
    for given in grants(grant):
        if given.role in READERS:
            yield grant.fail(f"grants {given.role} on every secret at once", at=given.path)


CASES = [
    case.passes(
        role="roles/secretmanager.viewer", member="serviceAccount:api@p.iam.gserviceaccount.com"
    ),
    case.fails(
        role="roles/secretmanager.secretAccessor",
        member="serviceAccount:api@p.iam.gserviceaccount.com",
    ),
    case.fails(
        role="roles/secretmanager.admin", member="serviceAccount:api@p.iam.gserviceaccount.com"
    ),
    case.fails(
        role="roles/secretmanager.secretVersionManager",
        member="serviceAccount:api@p.iam.gserviceaccount.com",
    ),
    case.fails(
        case.resource(
            "gcp:projects/iAMBinding:IAMBinding",
            role="roles/secretmanager.secretAccessor",
            members=[
                "serviceAccount:api@p.iam.gserviceaccount.com",
                "serviceAccount:api@p.iam.gserviceaccount.com",
            ],
        )
    ),
    case.passes(
        case.resource(
            "gcp:projects/iAMBinding:IAMBinding",
            role="roles/secretmanager.viewer",
            members=["serviceAccount:api@p.iam.gserviceaccount.com"],
        )
    ),
    case.passes(
        case.resource(
            "gcp:projects/iAMBinding:IAMBinding",
            role="roles/secretmanager.secretAccessor",
            members=[],
        )
    ),
    case.passes(
        case.resource(
            "gcp:projects/iAMBinding:IAMBinding", role="roles/secretmanager.secretAccessor"
        )
    ),
    case.passes(role="roles/run.viewer"),
    case.undecided(role=case.UNKNOWN, member="serviceAccount:api@p.iam.gserviceaccount.com"),
    case.fails(role="roles/secretmanager.secretAccessor", member=case.UNKNOWN),
    case.undecided(
        case.resource(
            "gcp:projects/iAMBinding:IAMBinding",
            role="roles/secretmanager.secretAccessor",
            members=case.UNKNOWN,
        )
    ),
    case.passes(member="serviceAccount:api@p.iam.gserviceaccount.com"),
    case.fails(
        case.resource(
            "gcp:folder/iAMMember:IAMMember",
            role="roles/secretmanager.secretAccessor",
            member="serviceAccount:api@p.iam.gserviceaccount.com",
        )
    ),
    case.fails(
        case.resource(
            "gcp:folder/iAMBinding:IAMBinding",
            role="roles/secretmanager.secretAccessor",
            members=["serviceAccount:api@p.iam.gserviceaccount.com"],
        )
    ),
    case.fails(
        case.resource(
            "gcp:organizations/iAMMember:IAMMember",
            role="roles/secretmanager.secretAccessor",
            member="serviceAccount:api@p.iam.gserviceaccount.com",
        )
    ),
    case.fails(
        case.resource(
            "gcp:organizations/iAMBinding:IAMBinding",
            role="roles/secretmanager.secretAccessor",
            members=["serviceAccount:api@p.iam.gserviceaccount.com"],
        )
    ),
]
