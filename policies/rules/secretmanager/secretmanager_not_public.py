"""Secret IAM has no public member."""

from collections.abc import Iterator

from policies.model import Complaint, Resource, rule
from policies.model.google.iam import grant_types
from policies.model.google.public_members import public_member_cases, public_members

GRANTS = grant_types("secretmanager/secretIam", "secretmanager/regionalSecretIam")


@rule(
    severity="critical",
    on=GRANTS,
    fix="Remove the public member.",
)
def secretmanager_not_public(grant: Resource) -> Iterator[Complaint]:
    """Anyone can read the credential."""
    yield from public_members(grant)


CASES = list(public_member_cases(GRANTS))
