"""No personal mail account has a role."""

from collections.abc import Iterator

from policies.model import Complaint, Resource, case, rule
from policies.model.google.iam import grants

FREE_MAIL = tuple(
    f"@{domain}"
    for domain in (
        "gmail.com",
        "googlemail.com",
        "yahoo.com",
        "hotmail.com",
        "outlook.com",
        "aol.com",
        "icloud.com",
        "protonmail.com",
        "mail.com",
        "zoho.com",
    )
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
    controls=["trivy:GCP-0069"],
    fix="Use a corporate identity.",
)
def iam_no_personal_emails(grant: Resource) -> Iterator[Complaint]:
    """The company cannot lock the account."""
    for given in grants(grant):
        if given.member.startswith("user:") and given.member.lower().endswith(FREE_MAIL):
            yield grant.fail("grants a role to a private mail address", at=given.path)


CASES = [
    case.passes(role="roles/run.viewer", member="group:team@example.org"),
    case.passes(role="roles/run.viewer", member="user:a@example.org"),
    case.passes(role="roles/run.viewer", member="user:a@notgmail.com"),
    case.passes(role="roles/run.viewer", member="group:a@gmail.com"),
    case.fails(role="roles/run.viewer", member="user:a@gmail.com"),
    case.fails(role="roles/run.viewer", member="user:a@Googlemail.com"),
    case.fails(role="roles/run.viewer", member="user:a@yahoo.com"),
    case.fails(role="roles/run.viewer", member="user:a@hotmail.com"),
    case.fails(role="roles/run.viewer", member="user:a@outlook.com"),
    case.fails(role="roles/run.viewer", member="user:a@aol.com"),
    case.fails(role="roles/run.viewer", member="user:a@icloud.com"),
    case.fails(role="roles/run.viewer", member="user:a@protonmail.com"),
    case.fails(role="roles/run.viewer", member="user:a@mail.com"),
    case.fails(role="roles/run.viewer", member="user:a@zoho.com"),
    case.fails(
        case.resource(
            "gcp:projects/iAMBinding:IAMBinding",
            role="roles/run.viewer",
            members=["group:team@example.org", "user:a@gmail.com"],
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
            "gcp:folder/iAMMember:IAMMember", role="roles/run.viewer", member="user:a@gmail.com"
        )
    ),
    case.fails(
        case.resource(
            "gcp:folder/iAMBinding:IAMBinding",
            role="roles/run.viewer",
            members=["user:a@gmail.com"],
        )
    ),
    case.fails(
        case.resource(
            "gcp:organizations/iAMMember:IAMMember",
            role="roles/run.viewer",
            member="user:a@gmail.com",
        )
    ),
    case.fails(
        case.resource(
            "gcp:organizations/iAMBinding:IAMBinding",
            role="roles/run.viewer",
            members=["user:a@gmail.com"],
        )
    ),
]
