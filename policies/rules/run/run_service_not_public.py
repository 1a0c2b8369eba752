"""Cloud Run services are not invokable by everyone unless declared public."""

from collections.abc import Iterator

from policies.model import Complaint, Resource, case, rule
from policies.model.google.iam import grants, is_public

PUBLIC_POLICY = '{"bindings": [{"role": "r", "members": ["allUsers"]}]}'


@rule(
    severity="high",
    on=(
        "gcp:cloudrunv2/serviceIamMember:ServiceIamMember",
        "gcp:cloudrun/iamMember:IamMember",
        "gcp:cloudrunv2/serviceIamBinding:ServiceIamBinding",
        "gcp:cloudrunv2/serviceIamPolicy:ServiceIamPolicy",
        "gcp:cloudrun/iamBinding:IamBinding",
        "gcp:cloudrun/iamPolicy:IamPolicy",
    ),
    controls=["checkov:CKV_GCP_102"],
    fix="Grant roles/run.invoker to a named service account.",
)
def run_service_not_public(grant: Resource) -> Iterator[Complaint]:
    """Anyone on the internet can call an internal service."""
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
    case.fails(case.resource("gcp:cloudrun/iamMember:IamMember", role="r", member="allUsers")),
    case.fails(
        case.resource(
            "gcp:cloudrunv2/serviceIamBinding:ServiceIamBinding",
            role="r",
            members=["a", "allUsers"],
        )
    ),
    case.passes(
        case.resource("gcp:cloudrunv2/serviceIamBinding:ServiceIamBinding", role="r", members=["a"])
    ),
    case.passes(
        case.resource("gcp:cloudrunv2/serviceIamBinding:ServiceIamBinding", role="r", members=[])
    ),
    case.passes(case.resource("gcp:cloudrunv2/serviceIamBinding:ServiceIamBinding", role="r")),
    case.undecided(
        case.resource(
            "gcp:cloudrunv2/serviceIamBinding:ServiceIamBinding", role="r", members=case.UNKNOWN
        )
    ),
    case.undecided(
        case.resource("gcp:cloudrunv2/serviceIamBinding:ServiceIamBinding", members=[case.UNKNOWN])
    ),
    case.fails(
        case.resource("gcp:cloudrunv2/serviceIamPolicy:ServiceIamPolicy", policyData=PUBLIC_POLICY)
    ),
    case.passes(case.resource("gcp:cloudrunv2/serviceIamPolicy:ServiceIamPolicy", policyData="{}")),
    case.passes(case.resource("gcp:cloudrunv2/serviceIamPolicy:ServiceIamPolicy")),
    case.undecided(
        case.resource("gcp:cloudrunv2/serviceIamPolicy:ServiceIamPolicy", policyData=case.UNKNOWN)
    ),
    case.fails(
        case.resource("gcp:cloudrun/iamBinding:IamBinding", role="r", members=["a", "allUsers"])
    ),
    case.passes(case.resource("gcp:cloudrun/iamBinding:IamBinding", role="r", members=["a"])),
    case.passes(case.resource("gcp:cloudrun/iamBinding:IamBinding", role="r", members=[])),
    case.passes(case.resource("gcp:cloudrun/iamBinding:IamBinding", role="r")),
    case.undecided(
        case.resource("gcp:cloudrun/iamBinding:IamBinding", role="r", members=case.UNKNOWN)
    ),
    case.undecided(case.resource("gcp:cloudrun/iamBinding:IamBinding", members=[case.UNKNOWN])),
    case.fails(case.resource("gcp:cloudrun/iamPolicy:IamPolicy", policyData=PUBLIC_POLICY)),
    case.passes(case.resource("gcp:cloudrun/iamPolicy:IamPolicy", policyData="{}")),
    case.passes(case.resource("gcp:cloudrun/iamPolicy:IamPolicy")),
    case.undecided(case.resource("gcp:cloudrun/iamPolicy:IamPolicy", policyData=case.UNKNOWN)),
]
