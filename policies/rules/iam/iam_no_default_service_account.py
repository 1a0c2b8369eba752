"""No role is granted to a default service account on a project, folder or organization."""

from collections.abc import Iterator

from policies.model import Complaint, Resource, case, rule
from policies.model.google.accounts import is_default_account
from policies.model.google.iam import grants


@rule(
    severity="medium",
    on=(
        "gcp:projects/iAMMember:IAMMember",
        "gcp:projects/iAMBinding:IAMBinding",
        "gcp:folder/iAMMember:IAMMember",
        "gcp:folder/iAMBinding:IAMBinding",
        "gcp:organizations/iAMMember:IAMMember",
        "gcp:organizations/iAMBinding:IAMBinding",
    ),
    controls=[
        "checkov:CKV_GCP_46",
        "trivy:GCP-0006",
        "checkov:CKV_GCP_48",
        "trivy:GCP-0004",
        "checkov:CKV_GCP_47",
        "trivy:GCP-0008",
    ],
    fix="Use a dedicated account.",
)
def iam_no_default_service_account(grant: Resource) -> Iterator[Complaint]:
    """Every VM and function that forgot its account inherits it."""
    for given in grants(grant):
        if given.member.startswith("serviceAccount:") and is_default_account(
            given.member.partition(":")[2]
        ):
            yield grant.fail("grants a role to a default service account", at=given.path)


CASES = [
    case.passes(role="roles/run.viewer", member="serviceAccount:api@p.iam.gserviceaccount.com"),
    case.passes(role="roles/run.viewer", member="group:team@example.org"),
    case.fails(
        role="roles/run.viewer", member="serviceAccount:1234-compute@developer.gserviceaccount.com"
    ),
    case.fails(role="roles/run.viewer", member="serviceAccount:p@appspot.gserviceaccount.com"),
    case.fails(
        case.resource(
            "gcp:projects/iAMBinding:IAMBinding",
            role="roles/run.viewer",
            members=[
                "serviceAccount:api@p.iam.gserviceaccount.com",
                "serviceAccount:1234-compute@developer.gserviceaccount.com",
            ],
        )
    ),
    case.passes(
        case.resource(
            "gcp:projects/iAMBinding:IAMBinding",
            role="roles/run.viewer",
            members=["serviceAccount:api@p.iam.gserviceaccount.com"],
        )
    ),
    case.passes(
        case.resource("gcp:projects/iAMBinding:IAMBinding", role="roles/run.viewer", members=[])
    ),
    case.passes(case.resource("gcp:projects/iAMBinding:IAMBinding", role="roles/run.viewer")),
    case.passes(role="roles/run.viewer"),
    case.passes(role=case.UNKNOWN, member="serviceAccount:api@p.iam.gserviceaccount.com"),
    case.undecided(role="roles/run.viewer", member=case.UNKNOWN),
    case.undecided(
        case.resource(
            "gcp:projects/iAMBinding:IAMBinding", role="roles/run.viewer", members=case.UNKNOWN
        )
    ),
    case.passes(member="serviceAccount:api@p.iam.gserviceaccount.com"),
    case.fails(
        case.resource(
            "gcp:folder/iAMMember:IAMMember",
            role="roles/run.viewer",
            member="serviceAccount:1234-compute@developer.gserviceaccount.com",
        )
    ),
    case.fails(
        case.resource(
            "gcp:folder/iAMBinding:IAMBinding",
            role="roles/run.viewer",
            members=["serviceAccount:1234-compute@developer.gserviceaccount.com"],
        )
    ),
    case.fails(
        case.resource(
            "gcp:organizations/iAMMember:IAMMember",
            role="roles/run.viewer",
            member="serviceAccount:1234-compute@developer.gserviceaccount.com",
        )
    ),
    case.fails(
        case.resource(
            "gcp:organizations/iAMBinding:IAMBinding",
            role="roles/run.viewer",
            members=["serviceAccount:1234-compute@developer.gserviceaccount.com"],
        )
    ),
]
