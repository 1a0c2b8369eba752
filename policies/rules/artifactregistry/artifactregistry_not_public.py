"""Artifact Registry IAM has no public member."""

from collections.abc import Iterator

from policies.model import Complaint, Resource, case, rule
from policies.model.google.iam import grants, is_public

PUBLIC_POLICY = '{"bindings": [{"role": "r", "members": ["allUsers"]}]}'


@rule(
    severity="high",
    on=(
        "gcp:artifactregistry/repositoryIamMember:RepositoryIamMember",
        "gcp:artifactregistry/repositoryIamBinding:RepositoryIamBinding",
        "gcp:artifactregistry/repositoryIamPolicy:RepositoryIamPolicy",
    ),
    controls=["checkov:CKV_GCP_101"],
    fix="Remove the public member.",
)
def artifactregistry_not_public(grant: Resource) -> Iterator[Complaint]:
    """Private images can be pulled."""
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
            "gcp:artifactregistry/repositoryIamBinding:RepositoryIamBinding",
            role="r",
            members=["a", "allUsers"],
        )
    ),
    case.passes(
        case.resource(
            "gcp:artifactregistry/repositoryIamBinding:RepositoryIamBinding",
            role="r",
            members=["a"],
        )
    ),
    case.passes(
        case.resource(
            "gcp:artifactregistry/repositoryIamBinding:RepositoryIamBinding", role="r", members=[]
        )
    ),
    case.passes(
        case.resource("gcp:artifactregistry/repositoryIamBinding:RepositoryIamBinding", role="r")
    ),
    case.undecided(
        case.resource(
            "gcp:artifactregistry/repositoryIamBinding:RepositoryIamBinding",
            role="r",
            members=case.UNKNOWN,
        )
    ),
    case.undecided(
        case.resource(
            "gcp:artifactregistry/repositoryIamBinding:RepositoryIamBinding", members=[case.UNKNOWN]
        )
    ),
    case.fails(
        case.resource(
            "gcp:artifactregistry/repositoryIamPolicy:RepositoryIamPolicy", policyData=PUBLIC_POLICY
        )
    ),
    case.passes(
        case.resource(
            "gcp:artifactregistry/repositoryIamPolicy:RepositoryIamPolicy", policyData="{}"
        )
    ),
    case.passes(case.resource("gcp:artifactregistry/repositoryIamPolicy:RepositoryIamPolicy")),
    case.undecided(
        case.resource(
            "gcp:artifactregistry/repositoryIamPolicy:RepositoryIamPolicy", policyData=case.UNKNOWN
        )
    ),
]
