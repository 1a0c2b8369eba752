"""Secret IAM has no public member."""

from collections.abc import Iterator

from policies.model import Complaint, Resource, rule
from policies.model.google.public_members import public_member_cases, public_members

GRANTS = (
    "gcp:secretmanager/secretIamMember:SecretIamMember",
    "gcp:secretmanager/regionalSecretIamMember:RegionalSecretIamMember",
    "gcp:secretmanager/secretIamBinding:SecretIamBinding",
    "gcp:secretmanager/secretIamPolicy:SecretIamPolicy",
    "gcp:secretmanager/regionalSecretIamBinding:RegionalSecretIamBinding",
    "gcp:secretmanager/regionalSecretIamPolicy:RegionalSecretIamPolicy",
)


@rule(
    severity="critical",
    on=GRANTS,
    fix="Remove the public member.",
)
def secretmanager_not_public(grant: Resource) -> Iterator[Complaint]:
    """Anyone can read the credential."""
    yield from public_members(grant)


CASES = list(public_member_cases(GRANTS))
