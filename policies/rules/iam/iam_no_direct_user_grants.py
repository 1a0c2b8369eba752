"""Roles go to groups, not to single users."""

from collections.abc import Iterator

from policies.model import Complaint, Resource, case, rule
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
    controls=["trivy:GCP-0003"],
    fix="Use group:.",
)
def iam_no_direct_user_grants(grant: Resource) -> Iterator[Complaint]:
    """Leavers keep access."""
    for given in grants(grant):
        if given.member.startswith("user:"):
            yield grant.fail(
                f"grants a role to the single user {given.member.partition(':')[2]}", at=given.path
            )


CASES = [
    case.passes(role="roles/run.viewer", member="group:team@example.org"),
    case.passes(role="roles/run.viewer", member="serviceAccount:api@p.iam.gserviceaccount.com"),
    case.fails(role="roles/run.viewer", member="user:a@example.org"),
    case.fails(
        case.resource(
            "gcp:projects/iAMBinding:IAMBinding",
            role="roles/run.viewer",
            members=["group:team@example.org", "user:a@example.org"],
        )
    ),
    case.passes(
        case.resource(
            "gcp:projects/iAMBinding:IAMBinding",
            role="roles/run.viewer",
            members=["group:team@example.org"],
        )
    ),
    case.passes(
        case.resource("gcp:projects/iAMBinding:IAMBinding", role="roles/run.viewer", members=[])
    ),
    case.passes(case.resource("gcp:projects/iAMBinding:IAMBinding", role="roles/run.viewer")),
    case.passes(role="roles/run.viewer"),
    case.passes(role=case.UNKNOWN, member="group:team@example.org"),
    case.undecided(role="roles/run.viewer", member=case.UNKNOWN),
    case.undecided(
        case.resource(
            "gcp:projects/iAMBinding:IAMBinding", role="roles/run.viewer", members=case.UNKNOWN
        )
    ),
    case.passes(member="group:team@example.org"),
    case.fails(
        case.resource(
            "gcp:folder/iAMMember:IAMMember", role="roles/run.viewer", member="user:a@example.org"
        )
    ),
    case.fails(
        case.resource(
            "gcp:folder/iAMBinding:IAMBinding",
            role="roles/run.viewer",
            members=["user:a@example.org"],
        )
    ),
    case.fails(
        case.resource(
            "gcp:organizations/iAMMember:IAMMember",
            role="roles/run.viewer",
            member="user:a@example.org",
        )
    ),
    case.fails(
        case.resource(
            "gcp:organizations/iAMBinding:IAMBinding",
            role="roles/run.viewer",
            members=["user:a@example.org"],
        )
    ),
]
