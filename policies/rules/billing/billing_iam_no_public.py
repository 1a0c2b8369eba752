"""Billing account IAM has no public or user member with billing.admin."""

from collections.abc import Iterator

from policies.model import Complaint, Resource, case, rule
from policies.model.google.iam import grants, is_public


@rule(
    severity="high",
    on=(
        "gcp:billing/accountIamMember:AccountIamMember",
        "gcp:billing/accountIamBinding:AccountIamBinding",
    ),
    fix="Use a group.",
)
def billing_iam_no_public(grant: Resource) -> Iterator[Complaint]:
    """Strangers can move projects."""
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
            "gcp:billing/accountIamBinding:AccountIamBinding", role="r", members=["a", "allUsers"]
        )
    ),
    case.passes(
        case.resource("gcp:billing/accountIamBinding:AccountIamBinding", role="r", members=["a"])
    ),
    case.passes(
        case.resource("gcp:billing/accountIamBinding:AccountIamBinding", role="r", members=[])
    ),
    case.passes(case.resource("gcp:billing/accountIamBinding:AccountIamBinding", role="r")),
    case.undecided(
        case.resource(
            "gcp:billing/accountIamBinding:AccountIamBinding", role="r", members=case.UNKNOWN
        )
    ),
    case.undecided(
        case.resource("gcp:billing/accountIamBinding:AccountIamBinding", members=[case.UNKNOWN])
    ),
]
