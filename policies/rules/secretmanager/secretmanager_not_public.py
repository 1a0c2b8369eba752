"""Secret IAM has no public member."""

from collections.abc import Iterator

from policies.model import Complaint, Resource, case, rule
from policies.model.google.iam import grants, is_public

PUBLIC_POLICY = '{"bindings": [{"role": "r", "members": ["allUsers"]}]}'


@rule(
    severity="critical",
    on=(
        "gcp:secretmanager/secretIamMember:SecretIamMember",
        "gcp:secretmanager/regionalSecretIamMember:RegionalSecretIamMember",
        "gcp:secretmanager/secretIamBinding:SecretIamBinding",
        "gcp:secretmanager/secretIamPolicy:SecretIamPolicy",
        "gcp:secretmanager/regionalSecretIamBinding:RegionalSecretIamBinding",
        "gcp:secretmanager/regionalSecretIamPolicy:RegionalSecretIamPolicy",
    ),
    fix="Remove the public member.",
)
def secretmanager_not_public(grant: Resource) -> Iterator[Complaint]:
    """Anyone can read the credential."""
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
            "gcp:secretmanager/regionalSecretIamMember:RegionalSecretIamMember",
            role="r",
            member="allUsers",
        )
    ),
    case.fails(
        case.resource(
            "gcp:secretmanager/secretIamBinding:SecretIamBinding",
            role="r",
            members=["a", "allUsers"],
        )
    ),
    case.passes(
        case.resource(
            "gcp:secretmanager/secretIamBinding:SecretIamBinding", role="r", members=["a"]
        )
    ),
    case.passes(
        case.resource("gcp:secretmanager/secretIamBinding:SecretIamBinding", role="r", members=[])
    ),
    case.passes(case.resource("gcp:secretmanager/secretIamBinding:SecretIamBinding", role="r")),
    case.undecided(
        case.resource(
            "gcp:secretmanager/secretIamBinding:SecretIamBinding", role="r", members=case.UNKNOWN
        )
    ),
    case.undecided(
        case.resource("gcp:secretmanager/secretIamBinding:SecretIamBinding", members=[case.UNKNOWN])
    ),
    case.fails(
        case.resource("gcp:secretmanager/secretIamPolicy:SecretIamPolicy", policyData=PUBLIC_POLICY)
    ),
    case.passes(
        case.resource("gcp:secretmanager/secretIamPolicy:SecretIamPolicy", policyData="{}")
    ),
    case.passes(case.resource("gcp:secretmanager/secretIamPolicy:SecretIamPolicy")),
    case.undecided(
        case.resource("gcp:secretmanager/secretIamPolicy:SecretIamPolicy", policyData=case.UNKNOWN)
    ),
    case.fails(
        case.resource(
            "gcp:secretmanager/regionalSecretIamBinding:RegionalSecretIamBinding",
            role="r",
            members=["a", "allUsers"],
        )
    ),
    case.passes(
        case.resource(
            "gcp:secretmanager/regionalSecretIamBinding:RegionalSecretIamBinding",
            role="r",
            members=["a"],
        )
    ),
    case.passes(
        case.resource(
            "gcp:secretmanager/regionalSecretIamBinding:RegionalSecretIamBinding",
            role="r",
            members=[],
        )
    ),
    case.passes(
        case.resource(
            "gcp:secretmanager/regionalSecretIamBinding:RegionalSecretIamBinding", role="r"
        )
    ),
    case.undecided(
        case.resource(
            "gcp:secretmanager/regionalSecretIamBinding:RegionalSecretIamBinding",
            role="r",
            members=case.UNKNOWN,
        )
    ),
    case.undecided(
        case.resource(
            "gcp:secretmanager/regionalSecretIamBinding:RegionalSecretIamBinding",
            members=[case.UNKNOWN],
        )
    ),
    case.fails(
        case.resource(
            "gcp:secretmanager/regionalSecretIamPolicy:RegionalSecretIamPolicy",
            policyData=PUBLIC_POLICY,
        )
    ),
    case.passes(
        case.resource(
            "gcp:secretmanager/regionalSecretIamPolicy:RegionalSecretIamPolicy", policyData="{}"
        )
    ),
    case.passes(case.resource("gcp:secretmanager/regionalSecretIamPolicy:RegionalSecretIamPolicy")),
    case.undecided(
        case.resource(
            "gcp:secretmanager/regionalSecretIamPolicy:RegionalSecretIamPolicy",
            policyData=case.UNKNOWN,
        )
    ),
]
